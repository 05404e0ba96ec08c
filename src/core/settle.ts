import type { Settlement } from "./approval.ts";
import type { JobState } from "./job.ts";

/** What an answer makes of a job, once no other question is open. */
export function settled(state: JobState, approvalId: string, settlement: Settlement): Partial<JobState> {
  const approvals = state.approvals.map((row) => (row.approval.id === approvalId ? { ...row, settlement } : row));
  const row = approvals.find(({ approval }) => approval.id === approvalId);
  if (row === undefined || approvals.some(({ settlement: answer }) => answer === undefined)) return { approvals };
  if (row.approval.subject.type === "command") return { approvals, status: "running" };
  const isChange = settlement.type === "chosen" && settlement.choice === "change";
  return { approvals, status: "accepted", ...(isChange && countAnew(state)) };
}

/** What a person asks for after the result gets as many attempts as the order itself did. */
function countAnew({ iteration, maxIterations, iterationsBefore = 0 }: JobState): Partial<JobState> {
  return { iterationsBefore: iteration, maxIterations: maxIterations - iterationsBefore + iteration };
}

/** A tap that could not be carried out gives no right to try again without another one. */
export function voidLast(approvals: JobState["approvals"], reason: string): JobState["approvals"] {
  return approvals.map((row, index) =>
    index === approvals.length - 1 ? { ...row, settlement: { type: "void", reason } } : row,
  );
}
