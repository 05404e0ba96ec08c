import { setTimeout as delay } from "node:timers/promises";
import { DelayedError, type Job, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { keyPrefix } from "../core/queue.ts";
import { backoffMs } from "./retry.ts";

/** What is done with the entries of one queue, and with how many at the same time. */
export interface Duty {
  readonly queue: string;
  readonly concurrency: number;
  /** `attempt`: 1 for an entry that nobody has looked at before. */
  readonly handle: (data: unknown, attempt: number) => Promise<void>;
}

/** Puts an entry back on its queue, as it was, for whoever is free to take it after a pause. */
export class LeftForLater extends Error {
  readonly pauseMs: number;

  constructor(pauseMs: number) {
    super("The entry is left for later.");
    this.pauseMs = pauseMs;
  }
}

export interface Workers {
  ready(): Promise<void>;
  /** Takes nothing more and waits for what is being done, but not for a Redis that is gone. */
  close(): Promise<void>;
}

const farewellMs = 5_000;

/**
 * For how long an entry belongs to a daemon that says nothing more. Everything on our queues takes milliseconds, and the
 * person whose tap was being handled in a crash should not wait half a minute for its effect.
 */
const patience = { lockDuration: 5_000, stalledInterval: 5_000 };

/**
 * Starts one worker for each queue. BullMQ delivers an entry again when the daemon that had it has died. What need not
 * block goes over the connection that is given, so that a project costs one more connection and no second.
 */
export function startWorkers(redis: Redis, log: Logger, duties: readonly Duty[]): Workers {
  const settings = { backoffStrategy: (attempt: number) => backoffMs(attempt, 1_000) };
  const workers = duties.map(({ queue, concurrency, handle }) => {
    const common = { connection: redis, prefix: keyPrefix, maxStalledCount: 1_000, settings };
    const carryOut = async (entry: Job, token?: string) => {
      try {
        await handle(entry.data, entry.attemptsStarted);
      } catch (error) {
        if (!(error instanceof LeftForLater)) throw error;
        await entry.moveToDelayed(Date.now() + error.pauseMs, token);
        throw new DelayedError();
      }
    };
    const worker = new Worker(queue, carryOut, { ...common, ...patience, concurrency });
    worker.on("error", (err) => log.debug({ err, queue }, "worker lost its connection"));
    worker.on("failed", (entry, err) => log.warn({ err, queue, id: entry?.id }, "queue entry failed"));
    return worker;
  });
  return {
    async ready() {
      await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    },
    async close() {
      const closed = Promise.all(workers.map((worker) => worker.close()));
      await Promise.race([closed, delay(farewellMs)]);
    },
  };
}
