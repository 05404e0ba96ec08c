import { setTimeout as delay } from "node:timers/promises";
import { type Job, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { type Config, cardPlaceOf } from "../../core/config.ts";
import { keyPrefix, keys, scheduleQueue } from "../../core/queue.ts";
import type { Schedule } from "../../core/schedule.ts";
import { LossWatch } from "../../platform/lost-redis.ts";
import { openQueue } from "../../platform/queues.ts";
import { type RedisTarget, redisOptions } from "../../platform/redis.ts";
import type { TaskSource } from "../../platform/task-source.ts";
import { arrange, Firing } from "./arrange.ts";
import { type FireDeps, fire } from "./fire.ts";

export interface ScheduleSourceDeps {
  readonly config: Pick<Config, "schedules" | "projects" | "notify" | "access">;
  /** Waits for a Redis that is away. */
  readonly redis: Redis;
  readonly target: RedisTarget;
  readonly log: Logger;
}

/** Orders what the configuration schedules. BullMQ keeps the times, and gives each to one of all daemons. */
export function scheduleSource(deps: ScheduleSourceDeps): TaskSource {
  const { config, redis, target, log } = deps;
  return {
    name: "schedule",
    async run(desk, signal) {
      await using scope = new AsyncDisposableStack();
      const plans = Object.keys(config.projects).map((project) => ({
        project,
        schedules: schedulesOf(config, project),
        queue: scope.adopt(openQueue(redis, scheduleQueue(project)), (it) => it.close()),
      }));
      const arrangeAll = async () => {
        for (const { queue, schedules } of plans) await arrange(queue, schedules);
      };
      await arrangeAll();
      const again = () => void arrangeAll().catch((err) => log.error({ err }, "schedules are not arranged"));
      // A Redis that comes back may have lost the newest of what it was told.
      redis.on("ready", again);
      scope.defer(() => void redis.off("ready", again));
      const planned = plans.filter(({ schedules }) => Object.keys(schedules).length > 0);
      if (planned.length > 0) await scope.use(watchLoss(deps, arrangeAll)).start();
      const fireDeps = { desk, redis, log, card: cardPlaceOf(config) };
      for (const { project, schedules } of planned) {
        scope.adopt(startWorker(target, project, schedules, fireDeps), close);
      }
      await aborted(signal);
    },
  };
}

/** The mark is set after the times are arranged: where Redis still has it, it has them. */
function watchLoss({ config, redis, log }: ScheduleSourceDeps, rebuild: () => Promise<void>): LossWatch {
  const key = keys.arranged(Object.keys(config.projects));
  return new LossWatch({
    redis,
    key,
    log,
    notice: "Redis has forgotten the schedules; they are arranged again",
    rebuild,
  });
}

function schedulesOf({ schedules }: Pick<Config, "schedules">, project: string): Record<string, Schedule> {
  return Object.fromEntries(Object.entries(schedules).filter(([, schedule]) => schedule.project === project));
}

/** One time after the other: whether the job of the time before is over can only be known then. */
function startWorker(
  target: RedisTarget,
  project: string,
  schedules: Readonly<Record<string, Schedule>>,
  deps: FireDeps,
): Worker {
  const handle = async ({ data, opts, timestamp }: Job) => {
    const { schedule: name, dueAt } = Firing.parse(data);
    const schedule = schedules[name];
    const dueMs = dueAt === undefined ? (opts.prevMillis ?? timestamp) : Date.parse(dueAt);
    if (schedule !== undefined) await fire(deps, name, schedule, dueMs);
  };
  const worker = new Worker(scheduleQueue(project), handle, {
    connection: redisOptions(target),
    prefix: keyPrefix,
    maxStalledCount: 1_000,
    settings: { backoffStrategy: (attempt) => Math.min(1_000 * 2 ** Math.min(attempt, 8), 300_000) },
  });
  worker.on("error", (err) => deps.log.debug({ err, project }, "schedule worker lost its connection"));
  worker.on("failed", (entry, err) => deps.log.warn({ err, project, id: entry?.id }, "a schedule's time failed"));
  return worker;
}

/** Does not wait for a Redis that is gone. */
async function close(worker: Worker): Promise<void> {
  await Promise.race([worker.close(), delay(5_000, undefined, { ref: false })]);
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
