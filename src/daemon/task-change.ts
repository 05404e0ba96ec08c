import type { TaskChange } from "../core/approval.ts";
import { isTerminal, type JobState, pendingApprovals } from "../core/job.ts";
import type { Decision } from "../core/queue.ts";
import { requestApproval } from "./approvals.ts";
import type { StageDeps } from "./stage.ts";
import type { StageRunner } from "./stage-runner.ts";

/**
 * Pauses a job whose issue has changed and asks a person what to work on. The stage is stopped first and the question
 * asked when nothing runs any more; a crash in between is made good by the decision, which comes again.
 */
export async function askAboutTask(
  { book, runner, log }: Pick<StageDeps, "book" | "log"> & { readonly runner: StageRunner },
  { jobId, subject, askedAt: written }: Extract<Decision, { type: "ask" }>,
): Promise<void> {
  const askedAt = written === undefined ? new Date() : new Date(written);
  if (!isWorthAsking(await book.known(jobId), subject, askedAt)) return;
  await runner.pause(jobId, async () => {
    const state = await book.known(jobId);
    if (!isWorthAsking(state, subject, askedAt)) return;
    await requestApproval(book, jobId, { subject, askedAt });
    log.info({ jobId, change: subject.change }, "a job is paused: its issue has changed");
    for (const { id: approvalId } of pendingApprovals(state).filter((it) => isOlder(it.subject, subject))) {
      const settlement = { type: "void", reason: "It has changed again." } as const;
      await book.recordIfAllowed(jobId, { type: "approval_settled", approvalId, settlement });
    }
  });
}

/**
 * Once a person has said what is to become of accepted work, that is carried out. A change that a crash brings back after
 * a newer one says nothing that this one does not.
 */
function isWorthAsking(state: JobState, { change, snapshot }: TaskChange, askedAt: Date): boolean {
  if (isTerminal(state.status) || state.status === "accepted") return false;
  const isOpen = pendingApprovals(state).some(
    ({ subject }) => subject.type === "task_changed" && subject.snapshot === snapshot,
  );
  const isOvertaken = state.approvals.some(
    ({ approval: { subject, ...asked } }) =>
      subject.type === "task_changed" && subject.change === change && Date.parse(asked.askedAt) > askedAt.getTime(),
  );
  return !isOpen && !isOvertaken;
}

/** A newer text takes the place of an older one that a source did not know to be open, and so do newer comments. */
function isOlder(open: { readonly type: string; readonly change?: string }, { change }: TaskChange): boolean {
  return open.type === "task_changed" && change === open.change;
}
