import { join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import type { JobEvent } from "../../src/core/event.ts";
import type { JobId } from "../../src/core/task.ts";
import { JobBook } from "../../src/daemon/job-book.ts";
import { connectRedis } from "../../src/platform/redis.ts";
import { startTestRedis } from "../support/redis.ts";
import { until } from "../support/until.ts";
import { homeId, live, type Scene, startScene, story, untilPrinted } from "./support/scene.ts";

test("logs --follow outlives a killed Redis, and tells from the ledger what the stream has lost", async () => {
  await using scene = await startScene();
  const jobId = await live(scene.book, "follow", story.queued("Fix it", "follow"));
  const following = scene.chargehand("logs", jobId, "--follow");
  await untilPrinted(following, "queued");

  await killRedis(scene);
  await recordUnheard(scene, jobId, story.working());
  await record(scene.redis, scene, jobId, [{ type: "cancelled", by: { kind: "terminal", id: "1", name: "Ann" } }]);

  const { exitCode, stdout, stderr } = await following;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const told = stdout.split("\n").map((line) => line.replace(/^\S+ \S+ /, ""));
  expect(told.slice(1)).toEqual([
    "▸ codex exec 'Fix it'",
    "  · edit src/price.js",
    "✓ codex exec 'Fix it'",
    expect.stringContaining("cancelled by Ann"),
  ]);
}, 60_000);

/** By its own process id; its keeper starts it again. */
async function killRedis({ redis }: Scene): Promise<void> {
  const pidNow = async () => Number(/^process_id:(\d+)/m.exec(await redis.info("server"))?.[1]);
  const killed = await pidNow();
  process.kill(killed, "SIGKILL");
  await until(async () => (await pidNow()) !== killed);
}

/** The ledger has these, and the Redis that is followed never hears of them. */
async function recordUnheard(scene: Scene, jobId: JobId, events: readonly JobEvent[]): Promise<void> {
  await using other = await startTestRedis();
  const redis = await connectRedis(other.target, pino({ enabled: false }), AbortSignal.timeout(30_000));
  await record(redis, scene, jobId, events);
  redis.disconnect();
}

async function record(redis: Scene["redis"], scene: Scene, jobId: JobId, events: readonly JobEvent[]): Promise<void> {
  await using book = new JobBook({ home: join(scene.directory, "home"), homeId, redis });
  for (const event of events) await book.record(jobId, event);
}
