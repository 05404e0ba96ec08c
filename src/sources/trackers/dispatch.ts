import { AppError } from "../../core/error.ts";
import type { Submission } from "../../core/task.ts";
import { trackerBackoffMs } from "../../core/tracker/backoff.ts";
import { type Claim, isWorkedOn } from "../../core/tracker/claim.ts";
import { compareIssues } from "../../core/tracker/order.ts";
import type { Refusal } from "../../core/tracker/refusal.ts";
import { hasSlot } from "../../core/tracker/slots.ts";
import { standingOf } from "../../core/tracker/standing.ts";
import type { Issue } from "../../core/tracker.ts";
import { admissionOf, isStillRefused, leaveAlone, strangeAuthor } from "./admission.ts";
import { attempt } from "./attempt.ts";
import type { Claims } from "./claims.ts";
import type { LookDeps } from "./deps.ts";
import { issueJobId, issueRequestId, issueText, snapshotOf } from "./issue-text.ts";

/**
 * Takes as many issues as there are slots, in their order. What is in the way of one does not stop the others, and one
 * that turns out to be blocked or not trusted leaves its slot to the next.
 */
export async function dispatch(deps: LookDeps, candidates: readonly Issue[], signal: AbortSignal): Promise<void> {
  const { claims, config } = deps;
  const held = await claimsByIssue(claims);
  const refusals = await claims.refusals();
  let open: Issue[] = [];
  for (const issue of candidates.filter((it) => mayBegin(it, held.get(it.id), config)).sort(compareIssues)) {
    const stranger = strangeAuthor(issue, config.trust);
    const refusal = refusals.get(issue.id);
    if (stranger !== undefined) await leaveAlone(deps, issue, stranger, refusal);
    else if (!isStillRefused(issue, config, refusal)) open.push(issue);
  }
  while (open.length > 0) {
    const now = await claimsByIssue(claims);
    const { chosen, waiting } = chooseFor(open, [...now.values()], config.limits);
    if (chosen.length === 0) for (const issue of waiting) await awaitSlot(deps, now.get(issue.id));
    if (chosen.length === 0 || !(await takeAll(deps, chosen, held, refusals, signal))) return;
    open = waiting;
  }
}

async function claimsByIssue(claims: Claims): Promise<ReadonlyMap<string, Claim>> {
  return new Map((await claims.all()).map((claim) => [claim.issueId, claim]));
}

/** False when the tracker does not answer: the next look takes them. */
async function takeAll(
  deps: LookDeps,
  chosen: readonly Issue[],
  held: ReadonlyMap<string, Claim>,
  refusals: ReadonlyMap<string, Refusal>,
  signal: AbortSignal,
): Promise<boolean> {
  const { tracker, config, log } = deps;
  const ids = chosen.map(({ id }) => id);
  // Each is read once more: a list may be older than what was done to its issues since, and may not tell of blockers.
  const fresh = await attempt(log, "tell an issue again", signal, () => tracker.issuesByIds(ids, signal));
  for (const issue of (fresh ?? []).sort(compareIssues)) {
    if (standingOf(issue, config) !== "eligible") continue;
    await attempt(log, "say whether an issue may be taken", signal, () =>
      take(deps, issue, held.get(issue.id), refusals.get(issue.id), signal),
    );
  }
  return fresh !== undefined;
}

function mayBegin(issue: Issue, claim: Claim | undefined, config: LookDeps["config"]): boolean {
  if (standingOf(issue, config) !== "eligible") return false;
  const { status, dueAt } = claim ?? { status: "released" };
  return status === "released" || status === "claimed" || (status === "retry_queued" && isDue(dueAt));
}

function isDue(dueAt: string | undefined): boolean {
  return Date.parse(dueAt ?? "") <= Date.now();
}

function chooseFor(issues: readonly Issue[], held: readonly Claim[], limits: LookDeps["config"]["limits"]) {
  const begun = new Set(issues.map(({ id }) => id));
  const workedOn = held.filter((claim) => isWorkedOn(claim) && !begun.has(claim.issueId)).map(({ state }) => state);
  const chosen: Issue[] = [];
  const waiting: Issue[] = [];
  for (const issue of issues) {
    const isFree = hasSlot(limits, [...workedOn, ...chosen.map(({ state }) => state)], issue.state);
    (isFree ? chosen : waiting).push(issue);
  }
  return { chosen, waiting };
}

const slotPauseMs = 10_000;

/** A full house is no failure: the issue keeps its place among those that are tried again. */
async function awaitSlot({ claims }: LookDeps, claim: Claim | undefined): Promise<void> {
  if (claim?.status !== "retry_queued") return;
  const dueAt = new Date(Date.now() + slotPauseMs).toISOString();
  await claims.happened(claim.issueId, claim, { type: "slot_awaited", dueAt });
}

async function take(
  deps: LookDeps,
  issue: Issue,
  before: Claim | undefined,
  refusal: Refusal | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { claims, config, log } = deps;
  if (before === undefined && (await findAgain(deps, issue))) return;
  const admission = await admissionOf(deps, issue, signal);
  if (admission.type === "refused") return leaveAlone(deps, issue, admission, refusal);
  if (before?.status !== "claimed" && (before?.sessions ?? 0) >= config.maxSessions) {
    const reason = `It has become ${config.maxSessions} jobs, which is the most that one issue may.`;
    return void (await claims.happened(issue.id, before, { type: "capped", issue, reason }));
  }
  const claim =
    before?.status === "claimed" ? before : await claims.happened(issue.id, before, { type: "taken", issue });
  if (claim === undefined) return;
  log.info({ issue: issue.identifier }, "an issue is taken");
  await order(deps, issue, claim, admission.by);
}

/** A Redis that forgot is reminded by the jobs themselves, which their ledgers bring back. */
async function findAgain({ name, desk, claims, config }: LookDeps, issue: Issue): Promise<boolean> {
  for (let session = config.maxSessions; session > 0; session -= 1) {
    const job = await desk.job(issueJobId(name, issue.id, session));
    if (job === undefined || !isOrderOf(job.submission, name, issue)) continue;
    await claims.happened(issue.id, undefined, { type: "found", issue, jobId: job.id, sessions: session });
    return true;
  }
  return false;
}

async function order(deps: LookDeps, issue: Issue, claim: Claim, by: { id: string; name: string }): Promise<void> {
  const { name, config, desk, claims, card, redact, log, lookAgainAt } = deps;
  const session = claim.sessions + 1;
  const failed = async (reason: string) => {
    const dueAt = new Date(Date.now() + trackerBackoffMs(claim.attempt + 1, config.maxRetryBackoff));
    await claims.happened(issue.id, claim, { type: "order_failed", reason, dueAt: dueAt.toISOString() });
    await lookAgainAt(dueAt);
  };
  try {
    await desk.submit({
      requestId: issueRequestId(name, issue.id, session),
      project: config.project,
      text: issueText(issue, redact),
      requestedBy: { kind: "tracker", id: `${name}:${by.id}`, name: by.name },
      origin: {
        ...{ type: "tracker", tracker: name, issueId: issue.id, identifier: issue.identifier },
        ...(isWebAddress(issue.url) && { url: issue.url }),
        snapshot: snapshotOf(issue),
      },
      ...(card && { card }),
    });
  } catch (error) {
    // Ordered before a crash, with the text of then: what was edited since is asked about like any other edit.
    if (!(error instanceof AppError) || error.code !== "conflict") {
      log.warn({ err: error, issue: issue.identifier }, "an issue's job could not be ordered");
      return failed("Its job could not be ordered.");
    }
  }
  const jobId = issueJobId(name, issue.id, session);
  const submission = (await desk.job(jobId))?.submission ?? (await desk.order(jobId));
  if (isOrderOf(submission, name, issue))
    return void (await claims.happened(issue.id, claim, { type: "ordered", jobId }));
  log.warn({ issue: issue.identifier, jobId }, "an issue's job could not be ordered: another order has its name");
  return failed(`Its job could not be ordered, because another order has its name: job ${jobId}.`);
}

/** A job's id is short enough to be searched for, so an order that has an issue's may be somebody else's. */
function isOrderOf(submission: Submission | undefined, tracker: string, { id }: Issue): boolean {
  const origin = submission?.origin;
  return origin?.type === "tracker" && origin.tracker === tracker && origin.issueId === id;
}

function isWebAddress(url: string | null): url is string {
  return url !== null && /^https?:\/\//.test(url) && URL.canParse(url);
}
