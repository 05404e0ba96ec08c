import { type IssueComment, TrackerError } from "../../core/tracker.ts";

/** Before anybody wrote anything. */
export const beginning = new Date(0).toISOString();

/** How a comment of ours is written over. */
export interface WritingOver {
  readonly commentId: string;
  readonly write: () => Promise<string>;
  /** Every comment of its issue. */
  readonly all: () => Promise<IssueComment[]>;
}

/**
 * The comment's id, or `null` when somebody deleted it. Trackers refuse that as they refuse much else, so the issue's
 * comments decide: one that is still among them may not be written, and another beside it would be a second copy.
 */
export async function writtenOver({ commentId, write, all }: WritingOver): Promise<string | null> {
  try {
    return await write();
  } catch (error) {
    const isRefusal = error instanceof TrackerError && error.category === "tracker_status" && !error.isRetryable;
    if (!isRefusal || (await all()).some(({ id }) => id === commentId)) throw error;
    return null;
  }
}
