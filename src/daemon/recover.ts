import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { AppError } from "../core/error.ts";
import type { HomeId } from "../core/home.ts";
import { isTerminal, type JobState, pendingApprovals } from "../core/job.ts";
import { type Decision, keys } from "../core/queue.ts";
import { JobId } from "../core/task.ts";
import { claimJob } from "../platform/places.ts";
import { discardedBy } from "./discard.ts";
import { clearPlace, endJob } from "./end-job.ts";
import type { KeepEvidence } from "./evidence.ts";
import { takeIn } from "./intake.ts";
import { jobFiles } from "./job-files.ts";
import { openProject, pinnedJobs } from "./projects.ts";
import { nextOrder, pauseBefore } from "./recovery.ts";
import type { StageDeps } from "./stage.ts";
import { whyNotAsAccepted } from "./still-accepted.ts";
import { maxSharedPatchLength } from "./verify-stage.ts";
import { workspaceOf } from "./workspace.ts";

export interface RecoverDeps extends StageDeps {
  readonly redis: Redis;
  readonly homeId: HomeId;
  readonly keepEvidence: KeepEvidence;
  readonly expireLater: (expiry: Extract<Decision, { type: "expire" }>, delayMs: number) => Promise<void>;
  /** Whether this daemon is at work on the job: then it goes on without our help. */
  readonly isRunning: (jobId: JobId) => boolean;
}

/**
 * Puts every job that had not ended back on its way, and shows readers the states that the ledgers hold. One that
 * cannot be trusted is left as it is, and the others go on.
 */
export async function recover(deps: RecoverDeps, signal: AbortSignal): Promise<void> {
  const names = await readdir(join(deps.home, "jobs")).catch(() => []);
  for (const jobId of names.filter((name) => JobId.safeParse(name).success)) {
    try {
      await recoverOne(deps, jobId, signal);
    } catch (err) {
      signal.throwIfAborted();
      deps.log.error({ err, jobId }, "a job could not be recovered");
      await deps.book.showDamaged(jobId);
    }
  }
  for (const name of deps.held) {
    await clearLeftPlaces(deps, name, signal).catch((err: unknown) => {
      signal.throwIfAborted();
      deps.log.warn({ err, project: name }, "what ended jobs left behind could not be cleared");
    });
  }
}

async function recoverOne(deps: RecoverDeps, jobId: JobId, signal: AbortSignal): Promise<void> {
  const { book, held, log, order, keepEvidence, expireLater, isRunning } = deps;
  const state = await book.state(jobId);
  if (state === undefined) return;
  await keepEvidence(state);
  await requireOurs(deps, jobId);
  await book.republish(jobId);
  await showPatch(deps, jobId);
  if (isTerminal(state.status) || isRunning(jobId)) return;
  if (!held.has(state.submission.project)) return log.warn({ jobId }, "job waits: its project is not here now");
  if (state.base === undefined) return takeIn(deps, state.submission, signal);
  if (await blockUntrue(deps, jobId, signal)) return;
  log.info({ jobId, status: state.status }, "job goes on");
  for (const { id: approvalId, expiresAt } of pendingApprovals(state)) {
    if (expiresAt === undefined) continue;
    await expireLater({ type: "expire", jobId, approvalId }, Math.max(0, Date.parse(expiresAt) - Date.now()));
  }
  const next = nextOrder(state);
  if (next !== undefined) await order(next, { delayMs: pauseBefore(state, Date.now()) });
}

/** A home that was copied has ledgers of jobs that another one leads: they are left as they are. */
async function requireOurs({ redis, homeId }: RecoverDeps, jobId: JobId): Promise<void> {
  const owner = await claimJob(redis, jobId, homeId);
  if (owner === homeId) return;
  throw new AppError("conflict", `Job ${jobId} belongs to home ${owner} and has a ledger here, too. Remove this one.`);
}

/** Only where the copy is gone: the stage that measured the patch has shown it as it should be seen. */
async function showPatch({ home, redis }: RecoverDeps, jobId: JobId): Promise<void> {
  if ((await redis.exists(keys.patch(jobId))) === 1) return;
  const patch = await readFile(jobFiles(home, jobId).patch, "utf8").catch(() => undefined);
  if (patch !== undefined) await redis.set(keys.patch(jobId), patch.slice(0, maxSharedPatchLength), "NX");
}

/**
 * An ended job gives back the ref of its base commit last of all, so a ref that is still there tells of a job that ended
 * in a crash, before its worktree was removed.
 */
async function clearLeftPlaces(deps: RecoverDeps, projectName: string, signal: AbortSignal): Promise<void> {
  const project = await openProject(deps.config, projectName, signal);
  for (const jobId of await pinnedJobs(project, signal)) {
    if (deps.isRunning(jobId)) continue;
    const state: JobState | undefined = await deps.book.state(jobId).catch(() => undefined);
    if (state?.base === undefined || !isTerminal(state.status) || state.submission.project !== projectName) continue;
    deps.log.info({ jobId }, "an ended job's place is cleared");
    const workspace = workspaceOf(deps.home, project, jobId);
    await clearPlace(deps, {
      state: { ...state, base: state.base },
      project,
      workspace,
      iteration: Math.max(1, state.iteration),
    });
  }
}

/** What the ledger calls accepted must be there: otherwise nothing is offered for a merge any more. */
async function blockUntrue(deps: RecoverDeps, jobId: JobId, signal: AbortSignal): Promise<boolean> {
  const state = await deps.book.known(jobId);
  const { accepted, base, submission, iteration } = state;
  if (accepted === undefined || base === undefined || discardedBy(state) !== undefined) return false;
  const project = await openProject(deps.config, submission.project, signal);
  const reason = await whyNotAsAccepted(project, { accepted, base }, signal);
  if (reason === undefined) return false;
  const workspace = workspaceOf(deps.home, project, jobId);
  // Not accepted any more, so the files that were are kept for recovery like any other work.
  const unaccepted = { ...state, base, accepted: undefined };
  await endJob(deps, { state: unaccepted, project, workspace, iteration }, { type: "blocked", reason });
  return true;
}
