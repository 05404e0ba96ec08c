import type { Approval, Settlement } from "./approval.ts";
import type { JobState } from "./job.ts";
import { interruptSteps } from "./step.ts";

/** A job that waits for an answer. A question about its task stops it in the middle, so the place is remembered. */
export function paused(state: JobState, approval: Approval): Partial<JobState> {
  const waiting = { status: "awaiting_approval" as const, approvals: [...state.approvals, { approval }] };
  if (approval.subject.type !== "task_changed" || state.status === "awaiting_approval") return waiting;
  return { ...waiting, pausedFrom: state.status, steps: interruptSteps(state.steps), line: undefined };
}

/** What an answer makes of a job, once no other question is open. */
export function settled(state: JobState, approvalId: string, settlement: Settlement): Partial<JobState> {
  const answered = state.approvals.map((row) => (row.approval.id === approvalId ? { ...row, settlement } : row));
  const subject = answered.find(({ approval }) => approval.id === approvalId)?.approval.subject;
  const choice = settlement.type === "chosen" ? settlement.choice : undefined;
  const isRetold = choice === "take_text";
  const approvals = isRetold ? voidOpenMerges(answered, "The task was changed, so the work goes on.") : answered;
  const retold = isRetold ? retell(state, approvalId) : {};
  if (subject === undefined || approvals.some(({ settlement: answer }) => answer === undefined))
    return { approvals, ...retold, ...(choice === "change" && countAnew(state)) };
  const goesOn = { approvals, ...retold, pausedFrom: undefined };
  if (choice === "change") return { ...goesOn, status: "accepted", ...countAnew(state) };
  if (state.accepted !== undefined || subject.type === "merge") return { ...goesOn, status: "accepted" };
  return { ...goesOn, status: state.pausedFrom ?? "running" };
}

/** The next attempt begins with the text that was taken; before the first one, that is the first. */
function retell(state: JobState, approvalId: string): Partial<JobState> {
  const { retold = [], iteration } = state;
  return { ...(iteration > 0 && countAnew(state)), retold: [...retold, { iteration: iteration + 1, approvalId }] };
}

/** What a person asks for after the result gets as many attempts as the order itself did. */
function countAnew({ iteration, maxIterations, iterationsBefore = 0 }: JobState): Partial<JobState> {
  return { iterationsBefore: iteration, maxIterations: maxIterations - iterationsBefore + iteration };
}

function voidOpenMerges(approvals: JobState["approvals"], reason: string): JobState["approvals"] {
  return approvals.map((row) =>
    row.approval.subject.type === "merge" && row.settlement === undefined
      ? { ...row, settlement: { type: "void", reason } }
      : row,
  );
}

/** A tap that could not be carried out gives no right to try again without another one. */
export function voidLastMerge(approvals: JobState["approvals"], reason: string): JobState["approvals"] {
  const last = approvals.findLastIndex(({ approval }) => approval.subject.type === "merge");
  return approvals.map((row, index) => (index === last ? { ...row, settlement: { type: "void", reason } } : row));
}
