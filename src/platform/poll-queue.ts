import type { Redis } from "ioredis";
import { pollQueue } from "../core/queue.ts";
import { openQueue } from "./job-desk.ts";

/**
 * Asks for a tracker to be looked at now and not at its next tick: what a webhook does, and all it does. Several wishes
 * before the look begins are one.
 */
export async function wakePoll(redis: Redis, tracker: string): Promise<void> {
  const polls = openQueue(redis, pollQueue);
  try {
    await polls.add("wake", { tracker }, { deduplication: { id: `wake-${tracker}` }, removeOnComplete: true });
  } finally {
    await polls.close();
  }
}
