import { readFile, writeFile } from "node:fs/promises";
import type { Redis } from "ioredis";
import { pino } from "pino";
import { expect, test } from "vitest";
import type { JobEvent } from "../../src/core/event.ts";
import { keys } from "../../src/core/queue.ts";
import { JobBook } from "../../src/daemon/job-book.ts";
import { jobFiles } from "../../src/daemon/job-files.ts";
import { createJobDesk, jobIdOf } from "../../src/platform/job-desk.ts";
import { LedgerFile, readLedger } from "../../src/platform/ledger-file.ts";
import { connectRedis } from "../../src/platform/redis.ts";
import { never, temporaryFolder } from "../support/project.ts";
import { startTestRedis } from "../support/redis.ts";
import { until } from "../support/until.ts";

const requestId = "request-1";
const jobId = jobIdOf(requestId);

const queued: JobEvent = {
  type: "queued",
  submission: {
    requestId,
    jobId,
    project: "shop",
    text: "Fix the price",
    requestedBy: { kind: "terminal", id: "1", name: "Ann" },
    origin: { type: "terminal" },
    submittedAt: new Date().toISOString(),
  },
  base: { branch: "main", commit: "a".repeat(40) },
  maxIterations: 3,
};
const started: JobEvent = { type: "stage_started", stage: "run", iteration: 1 };
const question: JobEvent = {
  type: "approval_requested",
  approval: {
    id: "c".repeat(22),
    jobId,
    subject: { type: "merge", tree: "b".repeat(40), commit: "a".repeat(40), into: "main" },
    askedAt: new Date().toISOString(),
  },
};
const failed: JobEvent = { type: "failed", code: "internal", reason: "It broke." };

const homeId = "home00000000";

async function openBook() {
  await using opening = new AsyncDisposableStack();
  const { path: home } = opening.use(await temporaryFolder());
  const { target } = opening.use(await startTestRedis());
  const redis = opening.adopt(await connectRedis(target, pino({ enabled: false }), never), (it) => it.disconnect());
  const desk = opening.use(createJobDesk(redis));
  const book = opening.use(new JobBook({ home, homeId, redis }));
  const scope = opening.move();
  return { home, redis, desk, book, [Symbol.asyncDispose]: () => scope.disposeAsync() };
}

async function heard(redis: Redis): Promise<string[]> {
  const items = await redis.xrange(keys.events, "-", "+");
  return items.map(([, fields]) => JSON.parse(fields[1] ?? "").event.type);
}

test("DU-01 what the state of a job does not allow is refused by name, and leaves no line", async () => {
  await using room = await openBook();
  await room.book.record(jobId, queued);
  await room.book.record(jobId, failed);

  await expect(room.book.record(jobId, started)).rejects.toMatchObject({
    code: "conflict",
    message: '"stage_started" cannot happen to a job that is failed.',
  });
  expect(await room.book.recordIfAllowed(jobId, question)).toBeUndefined();

  const lines = await readLedger(jobFiles(room.home, jobId).ledger);
  expect(lines.map(({ event }) => event.type)).toEqual(["queued", "failed"]);
});

test("DU-03 what a crash left on disk and untold is told once by the next daemon", async () => {
  await using shop = await openBook();
  await shop.book.record(jobId, queued);
  await shop.book[Symbol.asyncDispose]();
  const { ledger } = await LedgerFile.open(jobFiles(shop.home, jobId).ledger, jobId);
  for (const event of [started, question]) await ledger.append(event, { durable: true });
  await ledger[Symbol.asyncDispose]();

  await using next = new JobBook({ ...shop, homeId });
  await next.republish(jobId);
  await next.republish(jobId);

  expect(await heard(shop.redis)).toEqual(["queued", "stage_started", "approval_requested"]);
  expect((await shop.desk.approval("c".repeat(22)))?.job.status).toBe("awaiting_approval");
});

test("DU-06 after Redis has forgotten everything, the job, its question and its place in the list are there again", async () => {
  await using shop = await openBook();
  for (const event of [queued, started, question, { type: "claimed", text: "Done." } as const])
    await shop.book.record(jobId, event);

  await shop.redis.flushall();
  await shop.book.republish(jobId);

  expect((await shop.desk.jobs()).map(({ id, status }) => [id, status])).toEqual([[jobId, "awaiting_approval"]]);
  expect((await shop.desk.approval("c".repeat(22)))?.approval.id).toBe("c".repeat(22));
  expect(await heard(shop.redis)).toEqual(["approval_requested", "claimed"]);
});

test("DU-06 a Redis that takes nothing holds no job up, and hears in order what it missed", async () => {
  await using shop = await openBook();
  await shop.book.record(jobId, queued);
  await shop.redis.config("SET", "maxmemory", "1");

  await shop.book.record(jobId, started);
  await shop.book.record(jobId, failed);
  expect((await readLedger(jobFiles(shop.home, jobId).ledger)).map(({ event }) => event.type)).toHaveLength(3);
  await shop.redis.config("SET", "maxmemory", "0");

  await until(async () => (await shop.desk.job(jobId))?.status === "failed");
  expect(await heard(shop.redis)).toEqual(["queued", "stage_started", "failed"]);
});

test("GT-20 a job whose ledger was altered is shown as blocked, and its ledger is left as it is", async () => {
  await using shop = await openBook();
  for (const event of [queued, started, question]) await shop.book.record(jobId, event);
  await shop.book[Symbol.asyncDispose]();
  const { ledger } = jobFiles(shop.home, jobId);
  const altered = (await readFile(ledger, "utf8")).replace('"run"', '"land"');
  await writeFile(ledger, altered);

  await using next = new JobBook({ ...shop, homeId });
  await expect(next.record(jobId, failed)).rejects.toThrow(/was altered at line 3/);
  await next.showDamaged(jobId);

  const job = await shop.desk.job(jobId);
  expect(job?.status).toBe("blocked");
  expect(job?.reason).toContain("was altered at line 3");
  expect(await readFile(ledger, "utf8")).toBe(altered);
});
