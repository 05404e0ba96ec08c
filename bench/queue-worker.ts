import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { keyPrefix } from "../src/core/queue.ts";

/** The other process of the queue's benchmark: says when it has got something. */
const [path = ""] = process.argv.slice(2);
const options = { path, maxRetriesPerRequest: null };
const picked = () => process.send?.(String(process.hrtime.bigint()));

const worker = new Worker("bench", async () => void picked(), {
  connection: options,
  prefix: keyPrefix,
  concurrency: 4,
});
await worker.waitUntilReady();
const raw = new Redis(options);
picked();
for (;;) {
  await raw.brpop("bench:raw", 0);
  picked();
}
