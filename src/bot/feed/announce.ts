import type { Approval } from "../../core/approval.ts";
import type { LedgerEntry } from "../../core/event.ts";
import type { JobState } from "../../core/job.ts";
import { aboutJob, addressOf, messageKeys } from "../job-messages.ts";
import { type Content, type Message, ranks } from "../message.ts";
import { renderCommandQuestion } from "../render/command-question.ts";
import { renderEnding, renderShortEnding } from "../render/ending.ts";
import { renderMergeQuestion } from "../render/merge-question.ts";
import { settlementOf } from "../render/settlement.ts";
import { renderTaskQuestion } from "../render/task-question.ts";

/** A message that an event asks for. */
export interface Announcement {
  readonly message: Message;
  /** `update` changes one that was said and is not worth saying by itself; what is told `once` never changes. */
  readonly how: "once" | "show" | "update";
}

/**
 * What a person is told beside the card when something happened to their job. `job` may be further on than the event:
 * then the telling is of how things stand now.
 */
export function announcements({ event }: LedgerEntry, job: JobState, now: number): Announcement[] {
  switch (event.type) {
    case "approval_requested":
      return question(job, event.approval.id, now, { isNew: true });
    case "approval_settled":
      return question(job, event.approvalId, now, { isNew: false });
    case "landing_refused":
    case "discarded":
      return earlierQuestions(job, now);
    case "merged":
    case "rejected":
    case "blocked":
    case "failed":
    case "cancelled":
      return [...earlierQuestions(job, now), ...ending(job, now)];
    case "queued":
    case "stage_started":
    case "step_started":
    case "step_progress":
    case "step_finished":
    case "claimed":
    case "spent":
    case "candidate_taken":
    case "check_finished":
    case "judged":
    case "accepted":
    case "interrupted":
    case "retry_scheduled":
    case "slot_awaited":
      return [];
  }
}

function question(job: JobState, approvalId: string, now: number, { isNew }: { isNew: boolean }): Announcement[] {
  const approval = job.approvals.find((row) => row.approval.id === approvalId)?.approval;
  const address = addressOf(job);
  if (approval === undefined || address === undefined) return [];
  const isMerge = approval.subject.type === "merge";
  const content = contentOf(job, approval, now);
  const key = messageKeys.question(approvalId);
  const message = aboutJob(address, { key, rank: ranks.approval, rings: true, content });
  // The question about a merge is also the result, which is worth telling when nobody needs to answer any more.
  const isWorthTelling = isNew && (isMerge || settlementOf(job, approvalId) === undefined);
  return [{ message, how: isWorthTelling ? "show" : "update" }];
}

function contentOf(job: JobState, approval: Approval, now: number): Content {
  switch (approval.subject.type) {
    case "command":
      return renderCommandQuestion(job, approval);
    case "merge":
      return renderMergeQuestion(job, approval, now);
    case "task_changed":
      return renderTaskQuestion(job, approval);
  }
}

/** Those that an event after them may change: the merges, and whatever is open when the job ends. */
function earlierQuestions(job: JobState, now: number): Announcement[] {
  const concerned = job.approvals.filter(
    ({ approval, settlement }) => approval.subject.type === "merge" || !settlement,
  );
  return concerned.flatMap(({ approval }) => question(job, approval.id, now, { isNew: false }));
}

/** It may stand in one message with others, so it is never edited. */
function ending(job: JobState, now: number): Announcement[] {
  const address = addressOf(job);
  if (address === undefined) return [];
  const told = { key: messageKeys.ending(job.id), rank: ranks.final, rings: true, content: renderEnding(job, now) };
  const message = { ...aboutJob(address, told), short: renderShortEnding(job) };
  return [{ message, how: "once" }];
}
