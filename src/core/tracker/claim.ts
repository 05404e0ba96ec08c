import { z } from "zod";
import { JobId } from "../task.ts";
import type { Issue } from "../tracker.ts";

/**
 * - claimed: taken; its job is about to be ordered
 * - running: its job was ordered and has not ended
 * - retry_queued: it is tried again at `dueAt`
 * - blocked: with a person; not taken again before it was seen inactive or without its labels
 * - released: free
 */
export const ClaimStatus = z.enum(["claimed", "running", "retry_queued", "blocked", "released"]);
export type ClaimStatus = z.infer<typeof ClaimStatus>;

/** How far comments were read. Trackers count in seconds, so those of the last few are known by name. */
export const ReadComments = z.object({ commentsReadUntil: z.iso.datetime(), lastComments: z.array(z.string()) });
export type ReadComments = z.infer<typeof ReadComments>;

/** What we hold of one issue. It outlives every daemon, and says what was told to the tracker. */
export const Claim = z.object({
  issueId: z.string(),
  identifier: z.string(),
  status: ClaimStatus,
  /** The state in which the issue was last seen: limits by state count it. */
  state: z.string(),
  /** How many jobs the issue has become. */
  sessions: z.int().nonnegative(),
  /** Failures in a row. Waiting for a free slot is none. */
  attempt: z.int().nonnegative(),
  jobId: JobId.optional(),
  dueAt: z.iso.datetime().optional(),
  /** Why it waits, is with a person, or was let go, in a sentence. */
  reason: z.string().optional(),
  /** When it came into this status. */
  since: z.iso.datetime(),
  /** Of the issue's comments: until when they were read, the last of them by name, and how the issue stood then. */
  ...ReadComments.partial().shape,
  seenUpdatedAt: z.string().nullable().optional(),
  /** A question about comments, and what is read once a person has answered it. */
  askedAbout: ReadComments.extend({ snapshot: z.string() }).optional(),
  /** How many edits and comments came after a person had answered often enough, and the last such text. */
  leftOut: z.int().nonnegative().optional(),
  textLeftOut: z.string().optional(),
  /** Our one comment, and the SHA-256 of what it says. */
  commentId: z.string().optional(),
  said: z.string().optional(),
  /** What we last put on the issue. */
  mark: z.enum(["none", "in_progress", "handed_off"]).default("none"),
  /** Counts the writes of this record: whoever read an older one may not write. */
  version: z.int().nonnegative(),
});
export type Claim = z.infer<typeof Claim>;

/** What can happen to an issue we hold or may take. */
export type ClaimEvent =
  | { readonly type: "taken"; readonly issue: Issue }
  /** It was found that the issue had become this job before: we had forgotten. */
  | { readonly type: "found"; readonly issue: Issue; readonly jobId: JobId; readonly sessions: number }
  /** It has become as many jobs as it may. */
  | { readonly type: "capped"; readonly issue: Issue; readonly reason: string }
  | { readonly type: "ordered"; readonly jobId: JobId }
  | { readonly type: "order_failed"; readonly reason: string; readonly dueAt: string }
  /** The job ended, for good or for a reason that passes by itself. */
  | { readonly type: "job_ended"; readonly reason: string }
  | { readonly type: "job_failed_for_now"; readonly reason: string; readonly dueAt: string }
  | { readonly type: "refresh_failed"; readonly dueAt: string }
  | { readonly type: "slot_awaited"; readonly dueAt: string }
  | { readonly type: "seen"; readonly state: string }
  /** The issue is closed, gone, inactive or not for us any more. */
  | { readonly type: "left"; readonly reason: string };

const allowedFrom: Record<ClaimEvent["type"], readonly (ClaimStatus | "none")[]> = {
  taken: ["none", "released", "retry_queued"],
  found: ["none"],
  capped: ["none", "released", "retry_queued"],
  ordered: ["claimed"],
  order_failed: ["claimed"],
  job_ended: ["running"],
  job_failed_for_now: ["running"],
  refresh_failed: ["retry_queued"],
  slot_awaited: ["retry_queued"],
  seen: ["claimed", "running", "retry_queued", "blocked"],
  left: ["claimed", "running", "retry_queued", "blocked"],
};

/** What we hold of an issue after something happened; `undefined` where that cannot happen to it. */
export function claimAfter(claim: Claim | undefined, event: ClaimEvent, now: Date): Claim | undefined {
  if (!allowedFrom[event.type].includes(claim?.status ?? "none")) return undefined;
  const at = now.toISOString();
  if (event.type === "taken" || event.type === "found" || event.type === "capped") return begun(claim, event, at);
  if (claim === undefined) return undefined;
  if (event.type === "seen") return { ...claim, state: event.state };
  const { dueAt: _due, reason: _reason, ...kept } = claim;
  return { ...kept, since: at, ...changed(claim, event) };
}

function begun(
  before: Claim | undefined,
  event: Extract<ClaimEvent, { type: "taken" | "found" | "capped" }>,
  at: string,
): Claim {
  const { issue } = event;
  const fresh = { sessions: 0, attempt: 0, version: 0, mark: "none" as const };
  const {
    dueAt: _due,
    reason: _reason,
    askedAbout: _asked,
    leftOut: _left,
    textLeftOut: _text,
    ...kept
  } = {
    ...{ ...fresh, ...before },
  };
  // By the tracker's clock: what came before the text that was accepted is no news.
  const commentsReadUntil = issue.updatedAt ?? issue.createdAt ?? at;
  const seen = { issueId: issue.id, identifier: issue.identifier, state: issue.state, since: at };
  const read = { commentsReadUntil, lastComments: [] };
  switch (event.type) {
    case "taken":
      return { ...kept, ...seen, ...read, status: "claimed" };
    case "found":
      return { ...kept, ...seen, ...read, status: "running", jobId: event.jobId, sessions: event.sessions };
    case "capped":
      return { ...kept, ...seen, ...read, status: "blocked", reason: event.reason };
  }
}

function changed(
  { sessions, attempt, mark }: Claim,
  event: Exclude<ClaimEvent, { type: "taken" | "found" | "capped" | "seen" }>,
): Partial<Claim> & Pick<Claim, "status"> {
  switch (event.type) {
    case "ordered":
      return { status: "running", jobId: event.jobId, sessions: sessions + 1 };
    case "order_failed":
    case "job_failed_for_now":
      return { status: "retry_queued", attempt: attempt + 1, reason: event.reason, dueAt: event.dueAt };
    case "job_ended":
      return { status: "blocked", attempt: 0, reason: event.reason };
    case "refresh_failed":
      return {
        ...{ status: "retry_queued", attempt: attempt + 1, dueAt: event.dueAt },
        reason: "The tracker did not answer when this was to be tried again.",
      };
    case "slot_awaited":
      return { status: "retry_queued", dueAt: event.dueAt, reason: "Every slot is taken." };
    case "left":
      return { status: "released", attempt: 0, reason: event.reason, mark: mark === "handed_off" ? "none" : mark };
  }
}

/** Whether it takes one of the slots. */
export function isWorkedOn({ status }: Claim): boolean {
  return status === "claimed" || status === "running";
}
