import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../core/error.ts";
import type { Stage } from "../core/event.ts";
import { Decision, decisionId, keys, type NextStage, queueNames, StageOrder } from "../core/queue.ts";
import type { JobId } from "../core/task.ts";
import { configurationDigest } from "../platform/changed-configuration.ts";
import { keepHomeId } from "../platform/home-id.ts";
import { LossWatch } from "../platform/lost-redis.ts";
import { Queues } from "../platform/queues.ts";
import { connectRedis } from "../platform/redis.ts";
import { Announcement } from "../platform/roster.ts";
import { holdAlone } from "../platform/sole-holder.ts";
import { ageCache } from "./cache.ts";
import { daily } from "./daily.ts";
import { carryOut } from "./decisions.ts";
import type { DaemonDeps } from "./deps.ts";
import { discard, discardedBy } from "./discard.ts";
import { evidenceKeeper } from "./evidence.ts";
import { JobBook } from "./job-book.ts";
import { createGates } from "./job-gate.ts";
import { land } from "./land-stage.ts";
import { inTurn } from "./landing-turns.ts";
import { Line } from "./line.ts";
import { prepareWorktrees } from "./pool/prepare-worktrees.ts";
import { WorktreePool } from "./pool/worktree-pool.ts";
import { findOrder, receive } from "./reception.ts";
import { recover } from "./recover.ts";
import { ageRecoveryRefs } from "./recovery-refs.ts";
import { Removals } from "./removals.ts";
import { runInCheckout } from "./run-check.ts";
import { run } from "./run-stage.ts";
import type { StageJob } from "./stage.ts";
import { StageRunner, type StageWork } from "./stage-runner.ts";
import { type VerifyDeps, verify } from "./verify-stage.ts";
import { startWorkers } from "./workers.ts";

/** Takes jobs from the queues and sees them through, until the signal says stop. */
export async function serveJobs(deps: DaemonDeps, signal: AbortSignal): Promise<void> {
  const { config, held, home, log, redact } = deps;
  const projects = [...held];
  const absent = Object.keys(config.projects).filter((name) => !held.has(name));
  await using scope = new AsyncDisposableStack();
  await mkdir(home, { recursive: true, mode: 0o700 });
  const onWaiting = () => log.info({ home }, "another daemon works in this home; standing by");
  scope.use(await holdAlone(join(home, "daemon.lock"), { onWaiting }, signal));
  const homeId = await keepHomeId(home);
  const redis = scope.adopt(await connectRedis(deps.redis, log, signal), (it) => it.disconnect());
  const announcement = scope.use(
    await Announcement.make(
      redis,
      { id: homeId, path: home, projects, absent, configuration: configurationDigest(config) },
      log,
      signal,
    ),
  );
  const keepEvidence = await evidenceKeeper(deps, signal);
  const book = scope.use(new JobBook({ home, homeId, redis, keepEvidence, redact }));
  const queues = scope.use(new Queues(redis));

  const order = async (next: NextStage, { delayMs } = { delayMs: 0 }) => {
    const { sequence } = await book.known(next.jobId);
    const stages = queues.of(queueNames.stages(homeId));
    await stages.add(next.stage, { ...next, sequence }, { delay: delayMs, removeOnComplete: true });
  };
  const expireLater = async (expiry: Extract<Decision, { type: "expire" }>, delay: number) => {
    await queues.of(queueNames.decisions(homeId)).add("expire", expiry, { jobId: decisionId(expiry), delay });
  };
  const removals = scope.use(new Removals(log));
  const { cacheTtl: unusedForMs, recoveryTtl: keptForMs } = config.limits;
  scope.use(daily("the cache", () => ageCache(home, { unusedForMs, removals }), log));
  const ageWork = () => ageRecoveryRefs({ config, home, redis }, { keptForMs, isTrial: false }, signal);
  scope.use(daily("work that was not merged", ageWork, log));
  const pool = scope.use(new WorktreePool({ home, size: config.limits.pool, log, removals }));
  const base = { config, held, home, book, log, order, pool, removals };
  const gates = scope.use(createGates({ ...deps, book, expireLater }));
  const measuring = { ...base, redis, redact, runInCheckout: runInCheckout(deps) };
  const tellFull = () => announcement.tellFull(projects.filter((project) => line.isFull(project)));
  const line: Line = new Line(base, tellFull);
  const work: Record<Stage, StageWork> = {
    run: (job, stageSignal) => run({ ...base, ...deps, gateFor: gates.gateFor }, job, stageSignal),
    verify: (job, stageSignal) => verify(measuring, job, stageSignal),
    land: inTurn((job, stageSignal) => landOrDiscard(measuring, job, stageSignal)),
  };
  const runner = new StageRunner(base, work, line);

  const stopping = new AbortController();
  const stop = stopping.signal;
  const isRunning = (jobId: JobId) => runner.isRunning(jobId);
  const reception = { ...base, redis, queues, homeId, line };
  const rebuild = async () => {
    await announcement.renew();
    await recover({ ...reception, keepEvidence, expireLater, isRunning }, stop);
  };
  await rebuild();
  await prepareWorktrees(base, stop);
  const deciding = { ...base, runner, findOrder: (jobId: JobId) => findOrder(reception, jobId) };
  const workers = startWorkers(redis, log, [
    {
      queue: queueNames.decisions(homeId),
      concurrency: 20,
      handle: (data) => carryOut(deciding, Decision.parse(data), stop),
    },
    { queue: queueNames.stages(homeId), concurrency: 10, handle: (data) => runner.take(StageOrder.parse(data)) },
    ...projects.map((project) => ({
      queue: queueNames.intake(project),
      concurrency: 10,
      handle: (data: unknown, attempt: number) => receive(reception, { data, timesLeft: attempt - 1 }, stop),
    })),
  ]);
  const notice = "Redis has forgotten the jobs; they are shown again from their ledgers";
  const lossWatch = scope.use(new LossWatch({ redis, key: keys.filled(homeId), log, notice, rebuild }));
  await Promise.race([workers.ready().then(() => lossWatch.start()), aborted(signal)]);
  log.info({ projects, home: homeId, sandbox: deps.sandbox.kind }, "daemon ready");
  deps.onReady?.();
  await aborted(signal);

  log.info("daemon stopping");
  stopping.abort(new AppError("shutdown", "Chargehand is stopping."));
  await Promise.all([workers.close(), runner.stop(shutdownWindowMs)]);
} // gates, queues, ledgers, then Redis

/** How long a shutdown waits for what it interrupts: for children to end and ledgers to say so. */
const shutdownWindowMs = 10_000;

/** What a person said of accepted work is carried out in one place, and so once. */
function landOrDiscard(deps: VerifyDeps, job: StageJob, signal: AbortSignal): Promise<void> {
  const by = discardedBy(job.state);
  return by === undefined ? land(deps, job, signal) : discard(deps, job, by, signal);
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
