import { Redis } from "ioredis";
import { pino } from "pino";
import { startWorkers } from "../src/daemon/workers.ts";
import { openQueue } from "../src/platform/queues.ts";
import { redisOptions } from "../src/platform/redis.ts";
import { startTestRedis } from "../test/support/redis.ts";
import { interleave, median } from "./interleave.ts";
import type { Bench, BenchRow } from "./row.ts";

const entryCount = 5_000;
const entries = Array.from({ length: entryCount }, (_, index) => ({ name: "entry", data: { jobId: `job-${index}` } }));
const rawList = "bench:raw";

/** P-18: how many entries a second go into a queue of ours and through its workers, beside a list, pipelined. */
export const throughput: Bench = async () => {
  await using server = await startTestRedis();
  using connection = disposable(new Redis(redisOptions(server.target)));
  const { redis } = connection;
  const push = () => Promise.all(entries.map(({ data }) => redis.lpush(rawList, data.jobId)));
  const samples = await interleave(
    {
      push: async () => {
        await redis.del(rawList);
        return await timeOf(push);
      },
      pop: () => timeOf(() => Promise.all(entries.map(() => redis.brpop(rawList, 0)))),
      add: () => timeOf(() => addOneByOne(redis)),
      addBulk: () => timeOf(() => addAll(redis)),
      one: () => processing(redis, 1),
      ten: () => processing(redis, 10),
      hundred: () => processing(redis, 100),
    },
    { rounds: 5, warmUp: 1 },
  );
  const row = (name: string, ours: keyof typeof samples, raw: "push" | "pop"): BenchRow => ({
    id: "P-18",
    name,
    unit: "jobs/s",
    ours: perSecond(median(samples[ours])),
    baseline: {
      name: raw === "push" ? "LPUSH, pipelined" : "BRPOP, pipelined",
      value: perSecond(median(samples[raw])),
    },
    target: { atLeast: 2_000 },
  });
  return [
    row("queue.add, each waited for", "add", "push"),
    row("queue.addBulk", "addBulk", "push"),
    row("processed, 1 at once", "one", "pop"),
    row("processed, 10 at once", "ten", "pop"),
    row("processed, 100 at once", "hundred", "pop"),
  ];
};

async function addOneByOne(redis: Redis): Promise<void> {
  const queue = openQueue(redis, "bench-add");
  for (const { name, data } of entries) await queue.add(name, data);
  await queue.close();
}

async function addAll(redis: Redis): Promise<void> {
  const queue = openQueue(redis, "bench-add-bulk");
  await queue.addBulk(entries);
  await queue.close();
}

/** From the start of the daemon's workers until the last of the entries that waited for them is at work. */
async function processing(redis: Redis, concurrency: number): Promise<number> {
  const name = `bench-process-${concurrency}`;
  const queue = openQueue(redis, name);
  await queue.addBulk(entries);
  const done = Promise.withResolvers<void>();
  let taken = 0;
  const handle = async () => {
    taken += 1;
    if (taken === entryCount) done.resolve();
  };
  const startedAt = performance.now();
  const workers = startWorkers(redis, pino({ enabled: false }), [{ queue: name, concurrency, handle }]);
  await done.promise;
  const elapsed = performance.now() - startedAt;
  await workers.close();
  await queue.close();
  return elapsed;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function perSecond(elapsedMs: number): number {
  return (entryCount / elapsedMs) * 1_000;
}

function disposable(redis: Redis) {
  return { redis, [Symbol.dispose]: () => redis.disconnect() };
}
