import { fork } from "node:child_process";
import { once } from "node:events";
import { Redis } from "ioredis";
import { openQueue } from "../src/platform/queues.ts";
import { redisOptions } from "../src/platform/redis.ts";
import { startTestRedis } from "../test/support/redis.ts";
import { interleave, quantile } from "./interleave.ts";
import type { Bench } from "./row.ts";

/** P-02: from adding to a queue to the worker of another process having it, beside a list and a blocking pop. */
export const queueToWorker: Bench = async () => {
  await using redis = await startTestRedis();
  const connection = new Redis(redisOptions(redis.target));
  const queue = openQueue(connection, "bench");
  const worker = fork(new URL("queue-worker.ts", import.meta.url), [redis.path], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await once(worker, "message");
  const timeOf = (add: () => Promise<unknown>) => async () => {
    const picked = once(worker, "message");
    const startedAt = process.hrtime.bigint();
    await add();
    const [at] = (await picked) as [string];
    return Number(BigInt(at) - startedAt) / 1e6;
  };
  const samples = await interleave(
    {
      ours: timeOf(() => queue.add("entry", { jobId: "aaaa1111" })),
      raw: timeOf(() => connection.lpush("bench:raw", "aaaa1111")),
    },
    { rounds: 300, warmUp: 30 },
  );
  worker.kill();
  await queue.close();
  connection.disconnect();
  return [0.5, 0.99].map((share) => ({
    id: "P-02",
    name: `queue.add → picked up by another process, p${share * 100}`,
    unit: "ms" as const,
    ours: quantile(samples.ours, share),
    baseline: { name: "LPUSH → BRPOP", value: quantile(samples.raw, share) },
    target: { ratio: share === 0.5 ? 6 : 15 },
  }));
};
