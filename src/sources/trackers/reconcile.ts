import { isPassing } from "../../core/error.ts";
import { isTerminal, type JobState } from "../../core/job.ts";
import { trackerBackoffMs } from "../../core/tracker/backoff.ts";
import type { Claim } from "../../core/tracker/claim.ts";
import { reactionTo, type Seen } from "../../core/tracker/reconcile.ts";
import { standingOf } from "../../core/tracker/standing.ts";
import type { Issue } from "../../core/tracker.ts";
import { attempt } from "./attempt.ts";
import type { LookDeps } from "./deps.ts";
import { watch } from "./watch.ts";

/**
 * Brings what we hold together with what is true, before anything new is taken: jobs that ended give their issue to a
 * person or to another try, and issues that were closed, moved or unlabelled end their job. Answers the issues that
 * are due to be tried again.
 */
export async function reconcile(deps: LookDeps, signal: AbortSignal): Promise<Issue[]> {
  await closeEnded(deps);
  const { claims, tracker, config, log, lookAgainAt } = deps;
  const held = (await claims.all()).filter(({ status }) => status !== "released" && status !== "blocked");
  const ids = held.map(({ issueId }) => issueId);
  const read = await attempt(log, "tell how its issues stand", signal, () => tracker.issuesByIds(ids, signal));
  const issues = new Map(read?.map((issue) => [issue.id, issue]));
  const due: Issue[] = [];
  for (const claim of held) {
    const issue = issues.get(claim.issueId);
    const seen: Seen = read === undefined ? "unread" : issue === undefined ? "missing" : standingOf(issue, config);
    const reaction = reactionTo(claim, seen, Date.now());
    switch (reaction.type) {
      case "keep":
        break;
      case "go_on":
        if (issue !== undefined && (await goOn(deps, claim, issue, signal))) due.push(issue);
        break;
      case "try_later": {
        const dueAt = new Date(Date.now() + trackerBackoffMs(claim.attempt + 1, config.maxRetryBackoff));
        await claims.happened(claim.issueId, claim, { type: "refresh_failed", dueAt: dueAt.toISOString() });
        await lookAgainAt(dueAt);
        break;
      }
      case "let_go":
        await letGo(deps, claim, reaction.reason);
        break;
    }
  }
  return due;
}

/** Whatever ended since the last look: for good, or to be tried again because the reason passes by itself. */
export async function closeEnded(deps: LookDeps): Promise<boolean> {
  const { claims, desk } = deps;
  let anyEnded = false;
  for (const claim of await claims.all()) {
    if (claim.status !== "running" || claim.jobId === undefined) continue;
    const job = await desk.job(claim.jobId);
    if (job === undefined || !isTerminal(job.status)) continue;
    await close(deps, claim, job);
    anyEnded = true;
  }
  return anyEnded;
}

async function close({ claims, config, lookAgainAt }: LookDeps, claim: Claim, job: JobState): Promise<void> {
  const reason = job.reason ?? `The job is ${job.outcome ?? job.status}.`;
  if (job.failure === undefined || !isPassing(job.failure.code)) {
    return void (await claims.happened(claim.issueId, claim, { type: "job_ended", reason }));
  }
  const dueAt = new Date(Date.now() + trackerBackoffMs(claim.attempt + 1, config.maxRetryBackoff));
  const event = { type: "job_failed_for_now", reason, dueAt: dueAt.toISOString() } as const;
  await claims.happened(claim.issueId, claim, event);
  await lookAgainAt(dueAt);
}

/** True when its job is to be ordered now. */
async function goOn(deps: LookDeps, claim: Claim, issue: Issue, signal: AbortSignal): Promise<boolean> {
  const { claims } = deps;
  if (claim.status !== "running") return true;
  const isNews = claim.state !== issue.state;
  const seen = isNews ? await claims.happened(issue.id, claim, { type: "seen", state: issue.state }) : claim;
  if (seen !== undefined) await watch(deps, seen, issue, signal);
  return false;
}

/** Cancelling a job keeps what it made under a ref, so nothing is lost with the claim. */
async function letGo({ desk, claims, name, log }: LookDeps, claim: Claim, reason: string): Promise<void> {
  log.info({ issue: claim.identifier, reason }, "an issue is let go");
  if (claim.status === "running" && claim.jobId !== undefined) {
    const by = { kind: "tracker" as const, id: name, name: `${name}: ${reason}` };
    await desk.decide({ type: "cancel", jobId: claim.jobId, by });
  }
  await claims.happened(claim.issueId, claim, { type: "left", reason });
}

/** Issues that lie with a person are free again once they were seen closed, moved or unlabelled. */
export async function releaseLeft({ claims, config }: LookDeps, listed: readonly Issue[]): Promise<void> {
  const eligible = new Set(listed.filter((issue) => standingOf(issue, config) === "eligible").map(({ id }) => id));
  for (const claim of await claims.all()) {
    if (claim.status !== "blocked" || eligible.has(claim.issueId)) continue;
    await claims.happened(claim.issueId, claim, { type: "left", reason: claim.reason ?? "It was handed over." });
  }
}
