import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { findRedisServer } from "../../../src/platform/redis-program.ts";
import { type ServerProcess, startRedisServer } from "../../../src/platform/redis-server.ts";
import type { TestRedis } from "../../support/redis.ts";

/** A real Redis that can go away and come back on the same data, by itself never. */
export interface StoppableRedis extends TestRedis {
  stops(): Promise<void>;
  starts(): Promise<void>;
}

export async function startStoppableRedis(): Promise<StoppableRedis> {
  const directory = await mkdtemp(join(tmpdir(), "chargehand-redis-"));
  const path = join(directory, "redis.sock");
  let server: ServerProcess | undefined;
  const starts = async () => {
    server = startRedisServer(findRedisServer(), { directory, socket: path });
    const probe = new Redis({ path, maxRetriesPerRequest: null, retryStrategy: () => 20 });
    probe.on("error", () => {});
    await probe.ping();
    probe.disconnect();
  };
  const stops = async () => server?.stop();
  await starts();
  return {
    target: { path },
    path,
    starts,
    stops,
    async [Symbol.asyncDispose]() {
      await stops();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
