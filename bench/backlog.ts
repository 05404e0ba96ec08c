import { type Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { keyPrefix } from "../src/core/queue.ts";
import { openQueue } from "../src/platform/queues.ts";
import { redisOptions } from "../src/platform/redis.ts";
import { startTestRedis } from "../test/support/redis.ts";
import { interleave, median } from "./interleave.ts";
import type { Bench, BenchRow } from "./row.ts";

const waitingCount = 100_000;
const batchSize = 1_000;
const token = "bench";

/** P-19: what adding to a queue and taking from it cost when 100,000 wait there, beside one where nothing waits. */
export const backlog: Bench = async () => {
  await using scope = new AsyncDisposableStack();
  const server = scope.use(await startTestRedis());
  const redis = scope.adopt(new Redis(redisOptions(server.target)), (it) => it.disconnect());
  const open = (name: string) => {
    const queue = scope.adopt(openQueue(redis, name), (it) => it.close());
    const worker = new Worker(name, null, { connection: redis, prefix: keyPrefix });
    scope.defer(() => worker.close());
    return { queue, worker };
  };
  const [full, empty] = [open("bench-full"), open("bench-empty")];
  await fill(full.queue);
  // In this order each queue has one entry more for the moment between an add and a pick-up, and no longer.
  const samples = await interleave(
    {
      addFull: () => full.queue.add("entry", { jobId: "aaaa1111" }),
      addEmpty: () => empty.queue.add("entry", { jobId: "aaaa1111" }),
      takeFull: () => take(full.worker),
      takeEmpty: () => take(empty.worker),
    },
    { rounds: 2_000, warmUp: 200 },
  );
  const row = (name: string, ours: keyof typeof samples, beside: keyof typeof samples): BenchRow => ({
    id: "P-19",
    name,
    unit: "ms",
    ours: median(samples[ours]),
    baseline: { name: "none waiting", value: median(samples[beside]) },
    target: { ratio: 1.3 },
  });
  return [
    row("queue.add with 100,000 waiting, p50", "addFull", "addEmpty"),
    row("picked up and done with 100,000 waiting, p50", "takeFull", "takeEmpty"),
  ];
};

async function fill(queue: Queue): Promise<void> {
  const batch = Array.from({ length: batchSize }, (_, index) => ({ name: "entry", data: { jobId: `job-${index}` } }));
  for (let added = 0; added < waitingCount; added += batchSize) await queue.addBulk(batch);
}

async function take(worker: Worker): Promise<void> {
  const entry = await worker.getNextJob(token, { block: false });
  if (entry === undefined) throw new Error("An entry that was added is not there.");
  await entry.moveToCompleted(undefined, token, false);
}
