import type { Approval, ApprovalSubject } from "../../../src/core/approval.ts";
import type { JobEvent } from "../../../src/core/event.ts";
import { fold, type JobState } from "../../../src/core/job.ts";
import type { Submission } from "../../../src/core/task.ts";

/** When the jobs of the rendering tests are ordered. */
export const start = Date.parse("2026-03-02T10:00:00.000Z");

export const submission: Submission = {
  requestId: "telegram-1-100",
  jobId: "x7k2m9qd",
  project: "shop",
  text: "Fix the rounding in price.js\nIt is wrong for 5.",
  requestedBy: { kind: "telegram", id: "1001", name: "Ann" },
  origin: { type: "telegram", chatId: 1001, messageId: 5 },
  submittedAt: new Date(start).toISOString(),
};

/** The state of a job to which this happened, one event a second. */
export function jobAfter(events: readonly JobEvent[], order: Partial<Submission> = {}): JobState {
  const queued: JobEvent = { type: "queued", submission: { ...submission, ...order }, maxIterations: 3 };
  const [first, ...rest] = [queued, ...events].map((event, index) => ({
    jobId: submission.jobId,
    sequence: index + 1,
    at: new Date(start + index * 1_000).toISOString(),
    event,
    previous: "0".repeat(64),
  }));
  if (first === undefined) throw new TypeError("A job begins with its order.");
  return rest.reduce<JobState>((state, entry) => fold(state, entry), fold(undefined, first));
}

export function approvalOf(subject: ApprovalSubject, id = "q".repeat(22)): Approval {
  return { id, jobId: submission.jobId, subject, askedAt: new Date(start).toISOString() };
}

export function asked(subject: ApprovalSubject, id?: string): JobEvent {
  return { type: "approval_requested", approval: approvalOf(subject, id) };
}
