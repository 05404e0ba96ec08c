import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { keyPrefix } from "../core/queue.ts";

/** Queues of ours by their names, each opened when it is first needed and closed with the rest. */
export class Queues implements AsyncDisposable {
  readonly #redis: Redis;
  readonly #open = new Map<string, Queue>();

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  of(name: string): Queue {
    const queue = this.#open.get(name) ?? openQueue(this.#redis, name);
    this.#open.set(name, queue);
    return queue;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#open.values().map((queue) => queue.close()));
  }
}

const retention = { age: 7 * 24 * 3_600, count: 10_000 };

/** A queue of ours with our retention: a finished entry stays a week, so that a repeated id is still known. */
export function openQueue(redis: Redis, name: string): Queue {
  const queue = new Queue(name, {
    connection: redis,
    prefix: keyPrefix,
    defaultJobOptions: {
      removeOnComplete: retention,
      removeOnFail: retention,
      // Whoever works on the queue says how long it pauses; a decision is never given up.
      attempts: 10_000,
      backoff: { type: "ours" },
    },
  });
  // The connection is shared, and tells of its outages itself. Without a listener BullMQ prints them, past our log.
  queue.on("error", () => {});
  return queue;
}
