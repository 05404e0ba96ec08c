import type { TaskChange } from "../approval.ts";
import type { JobState } from "../job.ts";

/**
 * What becomes of a change of an issue whose job goes on:
 * - ask: it is put before a person, and the job stands still
 * - wait: a question about a change is open; what came since is looked at after its answer
 * - leave_out: a person has answered often enough; it is counted, and the job goes on with what was accepted
 */
export type Asking = "ask" | "wait" | "leave_out";

/** Each answer lets a job go on, so nobody outside may call for more of them than a person has patience. */
const mostAnswers = 3;

export function askingAbout({ approvals }: Pick<JobState, "approvals">, change: TaskChange["change"]): Asking {
  const rows = approvals.flatMap(({ approval: { subject }, settlement }) =>
    subject.type === "task_changed" ? [{ subject, settlement }] : [],
  );
  if (rows.some(({ settlement }) => settlement === undefined)) return "wait";
  const answers = rows.flatMap((row) => (row.subject.change === change ? (row.settlement ?? []) : []));
  const counted = answers.filter(({ type }) => type !== "void");
  const areTaken = counted.every((answer) => answer.type === "chosen" && answer.choice === "take_text");
  // Who once said to go on without a stranger's words has said so for the next stranger's too.
  return counted.length >= mostAnswers || (change === "comment" && !areTaken) ? "leave_out" : "ask";
}
