import type { TaskChange } from "../../core/approval.ts";
import { isTerminal } from "../../core/job.ts";
import { knownSnapshots } from "../../core/task-text.ts";
import type { Claim } from "../../core/tracker/claim.ts";
import { isTrusted } from "../../core/tracker/trust.ts";
import type { Issue } from "../../core/tracker.ts";
import { attempt } from "./attempt.ts";
import type { LookDeps } from "./deps.ts";
import { commentsSnapshot, commentText, issueText, snapshotOf } from "./issue-text.ts";

/**
 * Looks whether an issue still says what its job works on. An edit, by whomever, and a comment by somebody who is not
 * trusted are put before a person; until they answer, the job stands still.
 */
export async function watch(deps: LookDeps, claim: Claim, issue: Issue, signal: AbortSignal): Promise<void> {
  const { desk, redact } = deps;
  const job = claim.jobId === undefined ? undefined : await desk.job(claim.jobId);
  if (job === undefined || isTerminal(job.status)) return;
  const { accepted = "0".repeat(64), asked } = knownSnapshots(job);
  const ask = (subject: TaskChange) => desk.decide({ type: "ask", jobId: job.id, subject, accepted });

  const snapshot = snapshotOf(issue);
  if (snapshot !== accepted && !asked.includes(snapshot)) {
    await ask({ type: "task_changed", change: "text", snapshot, text: issueText(issue, redact) });
  }
  const askAgain = async (subject: TaskChange) => void (asked.includes(subject.snapshot) || (await ask(subject)));
  await watchComments(deps, claim, issue, askAgain, signal);
}

async function watchComments(
  { tracker, config, claims, redact, log }: LookDeps,
  claim: Claim,
  issue: Issue,
  ask: (subject: TaskChange) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  if (issue.updatedAt !== null && issue.updatedAt === claim.seenUpdatedAt) return;
  const since = claim.commentsReadUntil ?? claim.since;
  const read = await attempt(log, "tell an issue's comments", signal, async () => ({
    self: await tracker.self(signal),
    comments: await tracker.comments(issue.id, justBefore(since), signal),
  }));
  if (read === undefined) return;
  const { self, comments } = read;
  const outside = comments.filter(({ author }) => author?.id !== self.id && !isTrusted(author, config.trust));
  if (outside.length > 0) {
    const snapshot = commentsSnapshot(outside);
    await ask({ type: "task_changed", change: "comment", snapshot, text: commentText(outside, redact) });
  }
  const commentsReadUntil = comments.map(({ updatedAt }) => updatedAt).reduce(later, since);
  await claims.note(claim, { commentsReadUntil, seenUpdatedAt: issue.updatedAt });
}

/** Some trackers count in seconds: what came in the same one is not to be missed. */
function justBefore(time: string): string {
  return new Date(Date.parse(time) - 1_000).toISOString();
}

function later(left: string, right: string): string {
  return Date.parse(left) >= Date.parse(right) ? left : right;
}
