import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "bullmq";
import { AppError } from "../core/error.ts";
import { isTerminal } from "../core/job.ts";
import { Decision, keyPrefix, queueNames, StageOrder } from "../core/queue.ts";
import { JobId, Submission } from "../core/task.ts";
import { openQueue } from "../platform/job-desk.ts";
import { connectRedis, redisOptions } from "../platform/redis.ts";
import { carryOut } from "./decisions.ts";
import type { DaemonDeps } from "./deps.ts";
import { takeIn } from "./intake.ts";
import { JobBook } from "./job-book.ts";
import { createGates } from "./job-gate.ts";
import { land } from "./land-stage.ts";
import { orderNext } from "./recovery.ts";
import { runInCheckout } from "./run-check.ts";
import { run } from "./run-stage.ts";
import { StageRunner, type StageWork } from "./stage-runner.ts";
import { verify } from "./verify-stage.ts";

/** Takes jobs from the queues and sees them through, until the signal says stop. */
export async function serveJobs(deps: DaemonDeps, signal: AbortSignal): Promise<void> {
  const { config, home, log, redact } = deps;
  await using scope = new AsyncDisposableStack();
  const redis = scope.adopt(await connectRedis(deps.redis, log, signal), async (it) => void (await it.quit()));
  const book = scope.use(new JobBook({ home, redis }));
  const stages = scope.adopt(openQueue(redis, queueNames.stages), (it) => it.close());
  const decisions = scope.adopt(openQueue(redis, queueNames.decisions), (it) => it.close());

  const order = async (next: StageOrder) => {
    const { sequence } = await book.known(next.jobId);
    await stages.add(next.stage, next, { jobId: `${next.jobId}-${next.stage}-${next.iteration}-${sequence}` });
  };
  const expireLater = async (expiry: Extract<Decision, { type: "expire" }>, delay: number) => {
    await decisions.add("expire", expiry, { jobId: `expire-${expiry.approvalId}`, delay });
  };
  const base = { config, home, book, log, order };
  const gates = scope.use(await createGates({ ...deps, book, expireLater }));
  const measuring = { ...base, redis, redact, runInCheckout: runInCheckout(deps) };
  const runner = new StageRunner(base, {
    run: (job, stop) =>
      run({ ...base, model: deps.model, modelName: deps.modelName, gateFor: gates.gateFor, redact }, job, stop),
    verify: (job, stop) => verify(measuring, job, stop),
    land: inTurn((job, stop) => land(measuring, job, stop)),
  });

  const stopping = new AbortController();
  const work = { connection: redisOptions(deps.redis), prefix: keyPrefix, maxStalledCount: 1_000 };
  const worker = (name: string, concurrency: number, handle: (data: unknown) => Promise<void>) => {
    const it = new Worker(name, ({ data }) => handle(data), { ...work, concurrency });
    it.on("error", (err) => log.debug({ err, queue: name }, "worker lost its connection"));
    it.on("failed", (job, err) => log.warn({ err, queue: name, id: job?.id }, "queue entry failed"));
    return it;
  };
  await recover(deps, book, order);
  const workers = [
    worker(queueNames.decisions, 20, (data) => carryOut(base, runner, Decision.parse(data), stopping.signal)),
    worker(queueNames.stages, config.limits.concurrency, (data) => runner.run(StageOrder.parse(data), stopping.signal)),
    worker(queueNames.intake, 10, (data) => takeIn(base, Submission.parse(data), stopping.signal)),
  ];
  await Promise.all(workers.map((it) => it.waitUntilReady()));
  log.info({ projects: Object.keys(config.projects), sandbox: deps.sandbox.kind }, "daemon ready");
  deps.onReady?.();
  await aborted(signal);

  log.info("daemon stopping");
  stopping.abort(new AppError("shutdown", "Chargehand is stopping."));
  await Promise.all(workers.map((it) => it.close()));
} // gates, queues, ledgers, then Redis

/** Puts every job that had not ended back on its way, and shows readers the states that the ledgers hold. */
async function recover(
  { home, log }: DaemonDeps,
  book: JobBook,
  order: (next: StageOrder) => Promise<void>,
): Promise<void> {
  const names = await readdir(join(home, "jobs")).catch(() => []);
  for (const jobId of names.filter((name) => JobId.safeParse(name).success)) {
    const state = await book.state(jobId);
    if (state === undefined) continue;
    await book.republish(jobId);
    if (isTerminal(state.status)) continue;
    log.info({ jobId, status: state.status }, "job goes on");
    await orderNext(state, order);
  }
}

/** One landing at a time for each project: the next one sees what the one before it merged. */
function inTurn(work: StageWork): StageWork {
  const last = new Map<string, Promise<void>>();
  return (job, signal) => {
    const { name } = job.project;
    const turn = (last.get(name) ?? Promise.resolve()).then(() => work(job, signal));
    last.set(
      name,
      turn.catch(() => {}),
    );
    return turn;
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
