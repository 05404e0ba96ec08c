import { AppError } from "../core/error.ts";
import { Decision, keys, queueNames, StageOrder } from "../core/queue.ts";
import { LossWatch } from "../platform/lost-redis.ts";
import { ageCache } from "./cache.ts";
import { daily } from "./daily.ts";
import { carryOut } from "./decisions.ts";
import type { DaemonDeps } from "./deps.ts";
import { createGates } from "./job-gate.ts";
import { Line } from "./line.ts";
import { type OpenHome, openHome } from "./open-home.ts";
import { prepareWorktrees } from "./pool/prepare-worktrees.ts";
import { findOrder, receive } from "./reception.ts";
import { recover } from "./recover.ts";
import { ageRecoveryRefs } from "./recovery-refs.ts";
import { StageRunner } from "./stage-runner.ts";
import { stages } from "./stages.ts";
import { Turns } from "./turns.ts";
import { startWorkers, type Workers } from "./workers.ts";

/** Takes jobs from the queues and sees them through, until the signal says stop. */
export async function serveJobs(deps: DaemonDeps, signal: AbortSignal): Promise<void> {
  const { held, log } = deps;
  await using scope = new AsyncDisposableStack();
  const home = await openHome(deps, scope, signal);
  const { announcement, homeId, redis } = home;
  keepTidy(home, scope, signal);
  const gates = scope.use(createGates({ ...deps, ...home, redis: deps.redis }));
  const line: Line = new Line(home, () => announcement.tellFull([...held].filter((project) => line.isFull(project))));
  const runner = new StageRunner(home, stages(deps, home, gates), line);

  const stopping = new AbortController();
  const rebuild = async () => {
    await announcement.renew();
    await recover({ ...home, isRunning: (jobId) => runner.isRunning(jobId) }, stopping.signal);
  };
  await rebuild();
  await prepareWorktrees(home, stopping.signal);
  const workers = openForWork({ home, runner, line }, stopping.signal);
  const notice = "Redis has forgotten the jobs; they are shown again from their ledgers";
  const lossWatch = scope.use(new LossWatch({ redis, key: keys.filled(homeId), log, notice, rebuild }));
  await Promise.race([workers.ready().then(() => lossWatch.start()), aborted(signal)]);
  log.info({ projects: [...held], home: homeId, sandbox: deps.sandbox.kind }, "daemon ready");
  deps.onReady?.();
  await aborted(signal);

  log.info("daemon stopping");
  stopping.abort(new AppError("shutdown", "Chargehand is stopping."));
  await Promise.all([workers.close(), runner.stop(shutdownWindowMs)]);
} // gates, queues, ledgers, then Redis

/** How long a shutdown waits for what it interrupts: for children to end and ledgers to say so. */
const shutdownWindowMs = 10_000;

/** What ages is removed once a day. */
function keepTidy({ config, home, redis, removals, log }: OpenHome, scope: AsyncDisposableStack, signal: AbortSignal) {
  const { cacheTtl: unusedForMs, recoveryTtl: keptForMs } = config.limits;
  scope.use(daily("the cache", () => ageCache(home, { unusedForMs, removals }), log));
  const ageWork = () => ageRecoveryRefs({ config, home, redis }, { keptForMs, isTrial: false }, signal);
  scope.use(daily("work that was not merged", ageWork, log));
}

/** Takes decisions and stages of this home, and orders for the projects that are here. */
function openForWork(
  { home, runner, line }: { home: OpenHome; runner: StageRunner; line: Line },
  signal: AbortSignal,
): Workers {
  const { held, homeId, log, redis } = home;
  const reception = { ...home, line };
  const deciding = { ...home, runner, asking: new Turns(), findOrder: (jobId: string) => findOrder(reception, jobId) };
  return startWorkers(redis, log, [
    {
      queue: queueNames.decisions(homeId),
      concurrency: 20,
      handle: (data) => carryOut(deciding, Decision.parse(data), signal),
    },
    { queue: queueNames.stages(homeId), concurrency: 10, handle: (data) => runner.take(StageOrder.parse(data)) },
    ...Array.from(held, (project) => ({
      queue: queueNames.intake(project),
      concurrency: 10,
      handle: (data: unknown, attempt: number) => receive(reception, { data, timesLeft: attempt - 1 }, signal),
    })),
  ]);
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
