import type { TaskChange } from "../../core/approval.ts";
import { isTerminal, type JobState } from "../../core/job.ts";
import { knownSnapshots } from "../../core/task-text.ts";
import { askingAbout } from "../../core/tracker/asking.ts";
import type { Claim, ReadComments } from "../../core/tracker/claim.ts";
import { isTrusted } from "../../core/tracker/trust.ts";
import type { Issue, IssueComment } from "../../core/tracker.ts";
import { attempt } from "./attempt.ts";
import type { LookDeps } from "./deps.ts";
import { commentsSnapshot, commentText, issueText, snapshotOf } from "./issue-text.ts";

/**
 * Looks whether an issue still says what its job works on. An edit, by whomever, and a comment by somebody who is not
 * trusted are put before a person; until they answer, the job stands still. One question is open at a time and stays as
 * it is, so that nobody's tap meets another text than they read.
 */
export async function watch(deps: LookDeps, claim: Claim, issue: Issue, signal: AbortSignal): Promise<void> {
  const job = claim.jobId === undefined ? undefined : await deps.desk.job(claim.jobId);
  if (job === undefined || isTerminal(job.status)) return;
  const current = await watchText(deps, claim, issue, job);
  if (current !== undefined) await watchComments(deps, current, issue, job, signal);
}

/** The claim as it is then; `undefined` when a person is being asked. */
async function watchText(deps: LookDeps, claim: Claim, issue: Issue, job: JobState): Promise<Claim | undefined> {
  const { accepted, asked } = knownSnapshots(job);
  const snapshot = snapshotOf(issue);
  const isKnown = snapshot === accepted || asked.includes(snapshot);
  const asking = askingAbout(job, "text");
  if (asking === "wait") return undefined;
  if (isKnown || (asking === "leave_out" && snapshot === claim.textLeftOut)) return claim;
  if (asking === "leave_out") return leaveOut(deps, claim, 1, { textLeftOut: snapshot });
  await ask(deps, job, { type: "task_changed", change: "text", snapshot, text: issueText(issue, deps.redact) });
  return undefined;
}

async function watchComments(
  deps: LookDeps,
  before: Claim,
  issue: Issue,
  job: JobState,
  signal: AbortSignal,
): Promise<void> {
  const { config, claims, redact } = deps;
  const claim = answered(before, job);
  if (issue.updatedAt !== null && issue.updatedAt === claim.seenUpdatedAt && claim === before) return;
  const read = await readComments(deps, claim, issue, signal);
  if (read === undefined) return;
  const { self, comments } = read;
  const outside = comments.filter(({ author }) => author?.id !== self.id && !isTrusted(author, config.trust));
  const seen = { seenUpdatedAt: issue.updatedAt };
  const until = readUntil(claim, comments);
  if (outside.length === 0) return void (await claims.note(claim, { ...until, ...seen }));
  if (askingAbout(job, "comment") === "leave_out")
    return void (await leaveOut(deps, claim, outside.length, { ...until, ...seen }));
  const snapshot = commentsSnapshot(outside);
  await ask(deps, job, { type: "task_changed", change: "comment", snapshot, text: commentText(outside, redact) });
  await claims.note(claim, { askedAbout: { ...until, snapshot }, ...seen });
}

/** What was asked about is read once that is answered. Before, it would be lost with a question that never came. */
function answered(claim: Claim, { approvals }: JobState): Claim {
  const { askedAbout, ...rest } = claim;
  const isAnswered = approvals.some(
    ({ approval: { subject }, settlement }) =>
      subject.type === "task_changed" && subject.snapshot === askedAbout?.snapshot && settlement !== undefined,
  );
  if (askedAbout === undefined || !isAnswered) return claim;
  const { commentsReadUntil, lastComments } = askedAbout;
  return { ...rest, commentsReadUntil, lastComments };
}

async function ask({ desk }: LookDeps, job: JobState, subject: TaskChange): Promise<void> {
  const { accepted = "0".repeat(64) } = knownSnapshots(job);
  await desk.decide({ type: "ask", jobId: job.id, subject, accepted, askedAt: new Date().toISOString() });
}

async function leaveOut(
  { claims, log }: LookDeps,
  claim: Claim,
  count: number,
  news: Partial<Claim>,
): Promise<Claim | undefined> {
  const leftOut = (claim.leftOut ?? 0) + count;
  log.warn({ issue: claim.identifier, leftOut }, "later changes of an issue are left out: a person has answered");
  return claims.note(claim, { ...news, leftOut });
}

/** Those that were not read before. */
async function readComments({ tracker, log }: LookDeps, claim: Claim, issue: Issue, signal: AbortSignal) {
  const since = claim.commentsReadUntil ?? claim.since;
  return attempt(log, "tell an issue's comments", signal, async () => {
    const self = await tracker.self(signal);
    const comments = await tracker.comments(issue.id, before(since), signal);
    return { self, comments: comments.filter((comment) => !claim.lastComments?.includes(nameOf(comment))) };
  });
}

function readUntil(claim: Claim, comments: readonly IssueComment[]): ReadComments {
  const commentsReadUntil = comments
    .map(({ updatedAt }) => updatedAt)
    .reduce(later, claim.commentsReadUntil ?? claim.since);
  const isLate = (name: string) =>
    Date.parse(name.slice(name.lastIndexOf(" ") + 1)) >= Date.parse(before(commentsReadUntil));
  const names = [...(claim.lastComments ?? []), ...comments.map(nameOf)];
  return { commentsReadUntil, lastComments: names.filter(isLate) };
}

/** With the time of its last edit: edited, it is another one. */
function nameOf({ id, updatedAt }: IssueComment): string {
  return `${id} ${updatedAt}`;
}

/** Some trackers count in seconds: what came in the same one is not to be missed. */
function before(time: string): string {
  return new Date(Date.parse(time) - 2_000).toISOString();
}

function later(left: string, right: string): string {
  return Date.parse(left) >= Date.parse(right) ? left : right;
}
