import { z } from "zod";
import { AppError } from "./error.ts";
import type { CommentText } from "./tracker/comment-text.ts";

/** Somebody in a tracker. What they may do is decided by `id`, which their tracker vouches for, never by a name. */
export const TrackerUser = z.object({
  id: z.string().min(1),
  name: z.string(),
  /** What they are to the project, in the tracker's own word and lower case: "owner", "member", "none", … */
  association: z.string().nullable(),
});
export type TrackerUser = z.infer<typeof TrackerUser>;

const words = z.string().trim().min(1);

/**
 * An issue as every tracker's is: each field is there, `null` or empty where it is unknown. The scheduler decides by
 * `dispatchable` and never looks at `nativeRef`. After SPEC.md of openai/symphony, section "Data".
 */
export const Issue = z.object({
  /** As the tracker's API names it. */
  id: words,
  /** Whatever the adapter needs to find it again, without secrets; read by the adapter alone. */
  nativeRef: z.record(z.string(), z.json()).nullable(),
  /** As people name it: "GH-12", "ENG-7". */
  identifier: words,
  title: words,
  description: z.string().nullable(),
  /** 1 is the most urgent; all but 1 to 4 come after these. */
  priority: z.number().int().nullable(),
  /** In the tracker's spelling; compared without case or surrounding space. */
  state: words,
  branchName: z.string().nullable(),
  url: z.string().nullable(),
  author: TrackerUser.nullable(),
  assigneeId: z.string().nullable(),
  /** Trimmed, lower case, without blanks and doubles. */
  labels: z.array(z.string()),
  blockedBy: z.array(z.object({ id: z.string(), identifier: z.string(), state: z.string() })),
  /** Whether the tracker's own rules let work begin: blockers, assignee, kind. */
  dispatchable: z.boolean(),
  createdAt: z.iso.datetime().nullable(),
  updatedAt: z.iso.datetime().nullable(),
});
export type Issue = z.infer<typeof Issue>;

export const IssueComment = z.object({
  id: words,
  author: TrackerUser.nullable(),
  body: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type IssueComment = z.infer<typeof IssueComment>;

/** What the host changes in an issue. */
export interface IssueChange {
  readonly state?: string;
  readonly addLabels?: readonly string[];
  readonly removeLabels?: readonly string[];
}

/** A comment of ours; with `commentId` it takes the place of that one. */
export interface WrittenComment {
  readonly commentId?: string;
  readonly text: CommentText;
}

/**
 * A tracker, with the host's credential inside. Every call fails as a whole, with a TrackerError: there are no partial
 * lists. An empty list of states or ids is answered without a request.
 */
export interface Tracker {
  /** Those in one of these states, dispatchable or not. A malformed record is left out and logged. */
  issuesByStates(states: readonly string[], signal: AbortSignal): Promise<Issue[]>;
  /** Each id at most once, in any order; one that is no longer visible is absent. A malformed record is a failure. */
  issuesByIds(ids: readonly string[], signal: AbortSignal): Promise<Issue[]>;
  /** Who put this label on the issue last; `null` when it is not on it, or nobody can tell. */
  labelSetter(issueId: string, label: string, signal: AbortSignal): Promise<TrackerUser | null>;
  /** Comments written or edited after `since`, oldest first. */
  comments(issueId: string, since: string, signal: AbortSignal): Promise<IssueComment[]>;
  /** Who the credential speaks as: what they write is ours. */
  self(signal: AbortSignal): Promise<TrackerUser>;
  change(issueId: string, change: IssueChange, signal: AbortSignal): Promise<void>;
  /**
   * Writes a comment in the tracker's own markup, or over the one with `commentId`. Answers its id; `null` when the one
   * to write over is not there any more.
   */
  writeComment(issueId: string, comment: WrittenComment, signal: AbortSignal): Promise<string | null>;
}

export const TrackerErrorCategory = z.enum([
  "unsupported_tracker_kind",
  "invalid_tracker_config",
  "missing_tracker_secret",
  "tracker_request",
  "tracker_status",
  "tracker_response",
  "tracker_pagination",
  "tracker_rate_limited",
]);
export type TrackerErrorCategory = z.infer<typeof TrackerErrorCategory>;

/** A failure of a tracker, in the categories of SPEC.md of openai/symphony. */
export class TrackerError extends AppError {
  readonly category: TrackerErrorCategory;
  readonly isRetryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    category: TrackerErrorCategory,
    message: string,
    options: { isRetryable?: boolean; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super("tracker-failed", message, { cause: options.cause });
    this.name = "TrackerError";
    this.category = category;
    this.isRetryable = options.isRetryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}
