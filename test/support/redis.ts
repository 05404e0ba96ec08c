import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { openPrivateRedis } from "../../src/platform/private-redis.ts";
import type { RedisTarget } from "../../src/platform/redis.ts";

export interface TestRedis extends AsyncDisposable {
  readonly target: RedisTarget;
  readonly path: string;
}

/** A real Redis of the test's own, gone with its data at the end: `await using redis = await startTestRedis()`. */
export async function startTestRedis(): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), "chargehand-redis-"));
  const redis = await openPrivateRedis({ directory, log: pino({ enabled: false }) }, AbortSignal.timeout(30_000));
  return {
    target: { path: redis.path },
    path: redis.path,
    async [Symbol.asyncDispose]() {
      await redis[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
