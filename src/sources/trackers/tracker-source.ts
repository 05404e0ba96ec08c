import { setTimeout as delay } from "node:timers/promises";
import { type Queue, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { JobEvent } from "../../core/event.ts";
import { keyPrefix, pollQueue } from "../../core/queue.ts";
import type { ChatPlace } from "../../core/task.ts";
import type { Tracker } from "../../core/tracker.ts";
import type { TrackerConfig } from "../../core/tracker-config.ts";
import { followEntries, type JobDesk } from "../../platform/job-desk.ts";
import { wakePoll } from "../../platform/poll-queue.ts";
import { openQueue } from "../../platform/queues.ts";
import { connectRedis, type RedisTarget, redisOptions } from "../../platform/redis.ts";
import type { TaskSource } from "../../platform/task-source.ts";
import { Claims } from "./claims.ts";
import type { LookDeps } from "./deps.ts";
import { look, tellNews } from "./look.ts";
import { politeTracker } from "./polite-tracker.ts";

export interface TrackerSourceDeps {
  /** The tracker's name in the configuration. */
  readonly name: string;
  readonly config: TrackerConfig;
  readonly tracker: Tracker;
  readonly card: ChatPlace | undefined;
  readonly redact: (text: string) => string;
  /** Waits for a Redis that is away. */
  readonly redis: Redis;
  readonly target: RedisTarget;
  readonly log: Logger;
}

/**
 * Makes jobs of a tracker's issues. BullMQ says when to look and gives each look to one of all daemons, one at a time;
 * what is held of the issues lies in Redis, so any of them goes on where another stopped.
 */
export function trackerSource({ name, config, ...parts }: TrackerSourceDeps): TaskSource {
  return {
    name: `tracker ${name}`,
    async run(desk, signal) {
      const { redis, target } = parts;
      const log = parts.log.child({ tracker: name });
      await using scope = new AsyncDisposableStack();
      const queue = scope.adopt(openQueue(redis, pollQueue(name)), (it) => it.close());
      const deps: LookDeps = {
        ...{ name, config, desk, log, card: parts.card, redact: parts.redact },
        tracker: politeTracker(parts.tracker),
        claims: new Claims(redis, name),
        lookAgainAt: (time) => lookAgainAt(queue, time),
      };
      const begin = () => arrange(queue, config.pollInterval).catch((err) => log.error({ err }, "it is not looked at"));
      await begin();
      // A Redis that comes back, or was emptied, may have lost the times.
      const again = setInterval(() => void begin(), Math.max(config.pollInterval, 5_000));
      scope.defer(() => clearInterval(again));
      scope.adopt(startWorker(deps, { redis, target }, signal), closeSoon);
      await wakePoll(redis, name);
      await followJobs({ name, desk, queue, target, log }, signal);
    },
  };
}

/**
 * One look at a time, of all daemons, at this interval. What stands there already keeps its times. With another interval
 * it is made anew, because BullMQ would go on to add the old one's offset: a minute may have to wait for an hour's.
 */
async function arrange(queue: Queue, everyMs: number): Promise<void> {
  await queue.setGlobalConcurrency(1);
  const standing = await queue.getJobScheduler("tick");
  if (standing?.every === everyMs && (standing.next ?? 0) - Date.now() <= 2 * everyMs) return;
  if (standing !== undefined) await queue.removeJobScheduler("tick");
  const opts = { attempts: 1, removeOnComplete: true, removeOnFail: true };
  await queue.upsertJobScheduler("tick", { every: everyMs }, { name: "tick", data: {}, opts });
}

async function lookAgainAt(queue: Queue, time: Date): Promise<void> {
  const delayMs = Math.max(0, time.getTime() - Date.now());
  const jobId = `again-${time.getTime()}`;
  await queue.add("again", {}, { jobId, delay: delayMs, attempts: 1, removeOnComplete: true, removeOnFail: true });
}

/** A look that its daemon did not survive is given to another after these few seconds. */
const patience = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000 };

function startWorker(
  deps: LookDeps,
  { redis, target }: Pick<TrackerSourceDeps, "redis" | "target">,
  signal: AbortSignal,
): Worker {
  const { name, log } = deps;
  const handle = async (kind: string) => {
    if (signal.aborted) return;
    try {
      if (kind !== "news") await look(deps, signal);
      else if (await tellNews(deps, signal)) await wakePoll(redis, name);
    } catch (err) {
      if (!signal.aborted) log.error({ err }, "a look at a tracker failed");
    }
  };
  const connection = redisOptions(target);
  const worker = new Worker(pollQueue(name), (entry) => handle(entry.name), {
    ...{ connection, prefix: keyPrefix, concurrency: 1, ...patience },
  });
  worker.on("error", (err) => log.debug({ err }, "tracker worker lost its connection"));
  return worker;
}

/** Does not wait for a Redis that is gone. */
async function closeSoon(worker: Worker): Promise<void> {
  await Promise.race([worker.close(), delay(5_000, undefined, { ref: false })]);
}

/** What an issue is told of. */
const worthTelling: ReadonlySet<JobEvent["type"]> = new Set([
  ...(["stage_started", "approval_requested", "approval_settled", "merged", "discarded"] as const),
  ...(["rejected", "blocked", "failed", "cancelled"] as const),
]);

interface FollowDeps extends Pick<TrackerSourceDeps, "name" | "target" | "log"> {
  readonly desk: Pick<JobDesk, "job">;
  readonly queue: Queue;
}

/** Asks for the tracker to be told whenever one of its jobs moves. What is missed here is told at the next look. */
async function followJobs({ name, desk, queue, target, log }: FollowDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const follower = await connectRedis(target, log, signal);
      for await (const { entry } of followEntries(follower, "$", signal)) {
        if (!worthTelling.has(entry.event.type)) continue;
        const origin = (await desk.job(entry.jobId))?.submission.origin;
        if (origin?.type === "tracker" && origin.tracker === name) await tell(queue);
      }
    } catch (err) {
      if (signal.aborted) return;
      log.debug({ err }, "the jobs of a tracker are followed again");
      await delay(1_000, undefined, { signal }).catch(() => {});
    }
  }
}

async function tell(queue: Queue): Promise<void> {
  const deduplication = { id: "news", keepLastIfActive: true };
  await queue.add("news", {}, { deduplication, attempts: 1, removeOnComplete: true, removeOnFail: true });
}
