import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../core/error.ts";
import { type Home, homesAtWork, placeOf, type Roster } from "../core/home.ts";
import { isTerminal, type JobState } from "../core/job.ts";
import { keys } from "../core/queue.ts";
import type { JobId } from "../core/task.ts";
import { ageCache } from "../daemon/cache.ts";
import { prune as pruneJobs } from "../daemon/prune.ts";
import { ageRecoveryRefs } from "../daemon/recovery-refs.ts";
import { Removals } from "../daemon/removals.ts";
import { type Finding, survey } from "../daemon/survey.ts";
import { unlockJob } from "../daemon/unlock.ts";
import { readHomeId } from "../platform/home-id.ts";
import type { CommandContext } from "./command-line.ts";
import type { DocumentOf } from "./documents.ts";
import { exitCodes } from "./exit-code.ts";
import type { LookOptions } from "./look.ts";
import { thisPerson } from "./person.ts";
import { statusWords } from "./render-job.ts";
import { openSession, type Session } from "./session.ts";

export interface RecoverOptions extends LookOptions {
  readonly timeout: number;
}

/** Has the daemons show their jobs anew from the ledgers, and put every one that stands still back on its way. */
export async function recover(context: CommandContext, { json, timeout }: RecoverOptions): Promise<number> {
  await using session = await openSession(context);
  const homes = homesAtWork(await session.desk.roster());
  if (homes.length === 0) throw noDaemon("No daemon is at work.");
  await rebuild(session, homes, timeout);
  const jobs = await session.desk.jobs({ limit: 1_000 });
  const open = jobs.filter(({ status }) => !isTerminal(status)).length;
  if (json) context.terminal.document({ jobs: jobs.length, open } satisfies DocumentOf<"recover">);
  else context.terminal.result(`Rebuilt from the ledgers: ${jobs.length} jobs, ${open} of them open.`);
  return exitCodes.ok;
}

/** A daemon rebuilds whatever Redis has lost; we take away the key that says that nothing is lost. */
async function rebuild({ redis }: Session, homes: readonly Home[], timeoutMs: number): Promise<void> {
  const filled = homes.map(({ id }) => keys.filled(id));
  await redis.del(filled);
  for (const deadline = Date.now() + timeoutMs; (await redis.exists(filled)) < homes.length; await delay(50)) {
    if (Date.now() > deadline)
      throw new AppError("timeout", "The daemon has not rebuilt everything yet. Its log says why.");
  }
}

function noDaemon(sentence: string): AppError {
  return new AppError("redis-unavailable", `${sentence} It rebuilds everything at its start: chargehand up.`);
}

export interface ReconcileOptions extends RecoverOptions {
  readonly fix?: boolean;
}

/** Says what is not as the ledgers of this home say, and with --fix has its daemon put it right. */
export async function reconcile(context: CommandContext, options: ReconcileOptions): Promise<number> {
  await using session = await openSession(context);
  const look = () => survey(surroundingsOf(session), AbortSignal.timeout(options.timeout));
  const found = await look();
  if (options.fix && found.some(({ isMendable }) => isMendable)) {
    const id = await readHomeId(session.settings.environment.CHARGEHAND_HOME);
    const homes = homesAtWork(await session.desk.roster()).filter((home) => home.id === id);
    if (homes.length === 0) throw noDaemon("No daemon is at work in this home.");
    await rebuild(session, homes, options.timeout);
  }
  const left = options.fix ? await look() : found;
  if (options.json) context.terminal.document({ found, left } satisfies DocumentOf<"reconcile">);
  else context.terminal.result([...left.map(findingWords), conclusion(found, left)].join("\n"));
  return left.length === 0 ? exitCodes.ok : exitCodes.unsuccessful;
}

function findingWords({ jobId, project, isMendable, sentence }: Finding): string {
  return `✗ ${jobId ?? project ?? ""}: ${sentence}${isMendable ? "" : " (for a person to look at)"}`;
}

function conclusion(found: readonly Finding[], left: readonly Finding[]): string {
  if (found.length === 0) return "✓ Everything is as the ledgers say.";
  if (left.length === 0) return `✓ ${found.length} put right.`;
  return left.some(({ isMendable }) => isMendable)
    ? "--fix has a daemon put right what it can."
    : "The rest needs a person.";
}

/** Orders a job that ended badly once more: the same words for the same project, as a job of its own. */
export async function retry(context: CommandContext, typed: string, { json }: LookOptions): Promise<number> {
  await using session = await openSession(context);
  const job = await session.find(typed);
  if (!isTerminal(job.status)) throw new AppError("conflict", whyNotNow(job));
  const { project, text, origin } = job.submission;
  const requestId = `retry-${job.id}-${Date.now().toString(36)}`;
  const jobId = await session.desk.submit({ requestId, project, text, origin, requestedBy: thisPerson() });
  if (json) context.terminal.document({ jobId } satisfies DocumentOf<"retry">);
  else context.terminal.result(jobId);
  return exitCodes.ok;
}

function whyNotNow(job: JobState): string {
  const how = job.retry === undefined ? statusWords(job) : `tried again by itself at ${job.retry.at}`;
  return `Job ${job.id} has not ended; it is ${how}. Cancel it first: chargehand cancel ${job.id}.`;
}

export interface UnlockOptions extends LookOptions {
  readonly job: string;
}

/** Removes the locks that a killed git left in a job's repositories. */
export async function unlock(context: CommandContext, { job: typed, json }: UnlockOptions): Promise<number> {
  await using session = await openSession(context);
  const job = await session.find(typed);
  const { CHARGEHAND_HOME: path } = session.settings.environment;
  const owner = await homeOf(session, job.id);
  if (owner !== undefined && owner.id !== (await readHomeId(path))) {
    throw new AppError("conflict", `Job ${job.id} belongs to another home, ${placeOf(owner)}: unlock it there.`);
  }
  const isWorking = job.status === "running" || job.status === "verifying";
  if (isWorking && owner?.isAtWork) {
    throw new AppError("conflict", `Job ${job.id} is at work: its locks are in use. Cancel it first.`);
  }
  const removed = await unlockJob(path, job.id);
  if (json) context.terminal.document({ jobId: job.id, removed } satisfies DocumentOf<"unlock">);
  else
    context.terminal.result(
      removed.length === 0 ? "There are no locks." : removed.map((it) => `removed ${it}`).join("\n"),
    );
  return exitCodes.ok;
}

async function homeOf({ desk }: Session, jobId: JobId): Promise<Roster[number] | undefined> {
  const home = (await desk.places([jobId])).get(jobId)?.home;
  return (await desk.roster()).find(({ id }) => id === home);
}

export interface PruneOptions extends LookOptions {
  readonly olderThan: number;
  readonly dryRun?: boolean;
}

/** Removes ended jobs that nobody will ask about any more. */
export async function prune(context: CommandContext, { olderThan, dryRun, json }: PruneOptions): Promise<number> {
  await using session = await openSession(context);
  const isTrial = dryRun === true;
  const place = surroundingsOf(session);
  const signal = AbortSignal.timeout(10 * 60_000);
  // Before the jobs: afterwards no ledger says when they ended.
  const keptForMs = place.config.limits.recoveryTtl;
  const recovery = await ageRecoveryRefs(place, { keptForMs, isTrial }, signal);
  const removed = await pruneJobs(place, { olderThanMs: olderThan, isTrial }, signal);
  await using removals = new Removals();
  const cached = await ageCache(place.home, { unusedForMs: olderThan, removals, isTrial });
  const pruned = { removed, cached, recovery, dryRun: isTrial };
  if (json) context.terminal.document(pruned);
  else context.terminal.result([...removed, prunedWords(pruned)].join("\n"));
  return exitCodes.ok;
}

function prunedWords({ removed, cached, recovery, dryRun }: DocumentOf<"prune">): string {
  const parts = [
    `${removed.length} jobs`,
    ...(cached === 0 ? [] : [`${cached} entries of the cache`]),
    ...(recovery.length === 0 ? [] : [`work of ${recovery.length} jobs that was not merged (${recovery.join(", ")})`]),
  ];
  return `${parts.join(", and ")} ${dryRun ? "would be " : ""}removed.`;
}

function surroundingsOf({ config, settings, redis }: Session) {
  return { config: config(), home: settings.environment.CHARGEHAND_HOME, redis };
}
