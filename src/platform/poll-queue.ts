import type { Redis } from "ioredis";
import { pollQueue } from "../core/queue.ts";
import { openQueue } from "./queues.ts";

/**
 * Asks for a tracker to be looked at now and not at its next tick: what a webhook does, and all it does. Several wishes
 * before the look begins are one; one that comes while somebody looks is another look, because that one may have read
 * the list already.
 */
export async function wakePoll(redis: Redis, tracker: string): Promise<void> {
  const polls = openQueue(redis, pollQueue(tracker));
  try {
    const deduplication = { id: "wake", keepLastIfActive: true };
    await polls.add("wake", {}, { deduplication, attempts: 1, removeOnComplete: true, removeOnFail: true });
  } finally {
    await polls.close();
  }
}
