import type { Redis } from "ioredis";

/** Whether a failure is one of Redis, which passes, or of ours, which would come again and again. */
export async function isStoreAway(redis: Redis, error: unknown): Promise<boolean> {
  if (redis.status !== "ready") return true;
  // What Redis itself refuses: it is loading, read-only or out of memory.
  if (error instanceof Error && error.name === "ReplyError") return true;
  return redis.ping().then(
    () => false,
    () => true,
  );
}
