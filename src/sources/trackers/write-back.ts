import { isTerminal, type JobState } from "../../core/job.ts";
import type { Claim } from "../../core/tracker/claim.ts";
import type { CommentText } from "../../core/tracker/comment-text.ts";
import type { IssueChange, IssueComment, Tracker } from "../../core/tracker.ts";
import { attempt } from "./attempt.ts";
import { commentMark, composeComment } from "./comment.ts";
import type { LookDeps } from "./deps.ts";
import { sha256 } from "./issue-text.ts";

const keptForMs = 30 * 24 * 3_600_000;

/**
 * Tells the tracker how its issues stand: a state or label, and one comment that is edited. What could not be told is
 * told at the next look; nothing that Chargehand does depends on it.
 */
export async function writeBack(deps: LookDeps, signal: AbortSignal): Promise<void> {
  for (const claim of await deps.claims.all()) {
    const job = claim.jobId === undefined ? undefined : await deps.desk.job(claim.jobId);
    // A job that was let go still has to end, and that is worth telling too.
    if (claim.status === "released" && job !== undefined && isTerminal(job.status) && isOld(claim)) {
      await deps.claims.forget(claim.issueId);
      continue;
    }
    const marked = await mark(deps, claim, signal);
    if (marked !== undefined) await say(deps, marked, job, signal);
  }
}

function isOld({ since }: Claim): boolean {
  return Date.now() - Date.parse(since) > keptForMs;
}

/** Puts the state or label on that fits, once. */
async function mark(deps: LookDeps, claim: Claim, signal: AbortSignal): Promise<Claim | undefined> {
  const { tracker, claims, config, log } = deps;
  const wanted = markFor(claim);
  if (wanted === claim.mark) return claim;
  const change = changeFor(config, wanted);
  const isDone = await attempt(log, "take a state or label", signal, async () => {
    if (!isNothing(change)) await tracker.change(claim.issueId, change, signal);
    return true;
  });
  return isDone ? claims.note(claim, { mark: wanted }) : claim;
}

function markFor({ status, mark: before }: Claim): Claim["mark"] {
  switch (status) {
    case "claimed":
    case "running":
    case "retry_queued":
      return "in_progress";
    case "blocked":
      return "handed_off";
    case "released":
      // What a person did to the issue is left as they did it; only our own sign of work goes.
      return before === "in_progress" ? "none" : before;
  }
}

function changeFor({ inProgress, handoff, requiredLabels }: LookDeps["config"], wanted: Claim["mark"]): IssueChange {
  const [working, handed] = [inProgress.label, handoff.label].map((label) => (label === undefined ? [] : [label]));
  switch (wanted) {
    case "none":
      return { removeLabels: working ?? [] };
    case "in_progress":
      return {
        ...(inProgress.state !== undefined && { state: inProgress.state }),
        ...{ addLabels: working ?? [], removeLabels: handed ?? [] },
      };
    case "handed_off": {
      // Without a state to move to, the labels that brought it here are what would bring it here again.
      const asked = handoff.state === undefined ? requiredLabels : [];
      return {
        ...(handoff.state !== undefined && { state: handoff.state }),
        ...{ addLabels: handed ?? [], removeLabels: [...(working ?? []), ...asked] },
      };
    }
  }
}

function isNothing({ state, addLabels = [], removeLabels = [] }: IssueChange): boolean {
  return state === undefined && addLabels.length + removeLabels.length === 0;
}

async function say(deps: LookDeps, claim: Claim, job: JobState | undefined, signal: AbortSignal): Promise<void> {
  const { claims, redact, log } = deps;
  const text = composeComment(claim, job, redact);
  const said = sha256(JSON.stringify(text));
  if (said === claim.said || (claim.jobId === undefined && claim.status === "claimed")) return;
  const commentId = await attempt(log, "take a comment", signal, () => writeOurs(deps, claim, text, signal));
  if (commentId) await claims.note(claim, { commentId, said });
}

/** Over the one that is known; where somebody deleted it, over one that we forgot, or as a new one. Answers its id. */
async function writeOurs(
  { tracker }: LookDeps,
  { issueId, commentId: known }: Claim,
  text: CommentText,
  signal: AbortSignal,
): Promise<string | null> {
  const write = (commentId: string | undefined) =>
    tracker.writeComment(issueId, { ...(commentId !== undefined && { commentId }), text }, signal);
  const written = known === undefined ? null : await write(known);
  return written ?? write(await findComment(tracker, issueId, signal));
}

/**
 * A crash may have come between a comment and the note of its id. Ours is what the credential's own user wrote and what
 * ends with our mark: others may write the mark, and that user may be a person who quotes it.
 */
async function findComment(tracker: Tracker, issueId: string, signal: AbortSignal): Promise<string | undefined> {
  const self = await tracker.self(signal);
  const comments = await tracker.comments(issueId, new Date(0).toISOString(), signal);
  const isOurs = ({ author, body }: IssueComment) =>
    author?.id === self.id && body.trimEnd().split("\n").at(-1) === commentMark;
  return comments.findLast(isOurs)?.id;
}
