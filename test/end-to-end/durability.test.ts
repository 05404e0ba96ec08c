import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import type { Simulation } from "../../src/agents/engines/simulation.ts";
import { createJobDesk } from "../../src/platform/job-desk.ts";
import { connectRedis } from "../../src/platform/redis.ts";
import { buildTown, orderText } from "../chaos/town.ts";
import { offered, patience, runs, startInstallation } from "../support/installation.ts";
import { never } from "../support/project.ts";
import { startTestRedis } from "../support/redis.ts";
import { until } from "../support/until.ts";

const right: Simulation = [{ do: [{ write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } }] }];
const engine = runs('codex exec "Fix the price"');

test("DU-06 a Redis that is flushed while a person is asked has jobs, question and patch again, and the tap still counts", async () => {
  await using store = await startTestRedis();
  await using shop = await startInstallation({
    script: engine,
    simulation: right,
    environment: { REDIS_URL: store.path },
  });
  const redis = await connectRedis(store.target, pino({ enabled: false }), never);
  await using desk = createJobDesk(redis);
  shop.ann.sends("Fix the price");
  const question = await offered(shop, "Merge");

  await redis.flushall();
  const [job] = await until(async () => {
    const jobs = await desk.jobs();
    return jobs.length === 1 ? jobs : undefined;
  });
  expect(job?.status).toBe("awaiting_approval");
  const jobId = job?.id ?? "";
  await until(() => desk.patch(jobId));
  expect((await desk.places([jobId])).get(jobId)).toMatchObject({ project: "shop" });
  shop.ann.taps(question, "Merge");

  await shop.ann.sees(/Merged into main/, patience);
  redis.disconnect();
});

test("DU-07 a model that is away for a while is asked again later, and the card says when", async () => {
  let calls = 0;
  await using shop = await startInstallation({
    script: (request, signal) => {
      calls += 1;
      return calls <= 3 ? { status: 503 } : engine(request, signal);
    },
    simulation: right,
    settings: { limits: { retryPause: "2s" } },
  });

  shop.ann.sends("Fix the price");
  const card = await shop.ann.sees(/Retry 1 begins at \d\d:\d\d:\d\d UTC/, patience);
  await offered(shop, "Merge");

  expect(card.text).toContain("is failing (503)");
});

test("DU-07 a model that stays away fails the job with its sentence", async () => {
  await using shop = await startInstallation({
    script: () => ({ status: 503 }),
    settings: { limits: { retryPause: "100ms", retries: 1 } },
  });

  shop.ann.sends("Fix the price");

  const ending = await shop.ann.sees(/✗ Failed[\s\S]*is failing \(503\)/, patience);
  expect(ending.text).not.toContain("Retry");
});

test("TG-60 BOT-12 DU-09 DU-10 a full house says the place in line and who is before it, and a cancel lets the next one in", async () => {
  await using shop = await startInstallation({
    script: engine,
    simulation: [{ onRun: 1, do: [{ say: "Working." }, { hang: true }] }],
    settings: { limits: { concurrency: 1 } },
  });
  const { ann, botApi } = shop;
  ann.sends("First: fix the price");
  const first = await ann.sees(/Working\./, patience);
  const firstId = /· ([a-z0-9]{8})/.exec(first.text)?.[1];

  ann.sends("Second: fix the price");
  const second = await ann.sees(`Number 1 in line, behind ${firstId}`, patience);
  ann.taps(first, "Cancel");

  await botApi.until(() => ann.chat.message(first.id)?.text.includes("Cancelled"), patience);
  await botApi.until(() => ann.chat.message(second.id)?.text.includes("Working."), patience);
});

test("DU-09 a cancel that comes before any daemon has taken the order still counts", async () => {
  await using town = await buildTown(1);
  await town.redis.start();
  await town.bot.start();
  town.ann.sends(orderText(1));
  const card = await town.ann.sees(/Queued/, patience);

  const tap = town.ann.taps(card, "Cancel");
  await town.botApi.until(() => tap.answer !== undefined, patience);
  await town.daemons[0].part.start();

  await town.botApi.until(() => town.ann.chat.message(card.id)?.text.includes("Cancelled"), patience);
  expect(town.model.requests).toEqual([]);
});

test("DU-11 a shutdown interrupts and does not fail; the job goes on with the next start", async () => {
  await using shop = await startInstallation({
    script: runs('codex exec "Fix the price"', 'codex exec "Fix the price"'),
    simulation: [{ onRun: 1, do: [{ say: "Working." }, { hang: true }] }, ...right],
  });
  shop.ann.sends("Fix the price");
  await shop.ann.sees(/Working\./, patience);

  expect(await shop.stop("SIGTERM")).toBe(0);
  const [id = ""] = await readdir(join(shop.home, "jobs"));
  const ledger = await readFile(join(shop.home, "jobs", id, "ledger.jsonl"), "utf8");
  expect(ledger.trim().split("\n").at(-1)).toContain('"type":"interrupted"');

  await shop.start("up");
  await offered(shop, "Merge");
});

test("GT-20 a ledger that was altered blocks its own job; the daemon starts and the others go on", async () => {
  await using shop = await startInstallation({ script: engine, simulation: right });
  shop.ann.sends("Fix the price");
  await offered(shop, "Merge");
  await shop.stop("SIGKILL");
  const [id = ""] = await readdir(join(shop.home, "jobs"));
  const ledger = join(shop.home, "jobs", id, "ledger.jsonl");
  await writeFile(ledger, (await readFile(ledger, "utf8")).replace('"verdict":"accept"', '"verdict":"reject"'));

  expect(await shop.start("up")).toBe("ready");
  await shop.ann.sees(/Blocked[\s\S]*was altered at line/, patience);
  const second = shop.ann.sends("Again: fix the price");

  await shop.botApi.until(
    () =>
      shop.ann.chat.messages.some(
        ({ id: at, keyboard }) => at > second.id && keyboard.flat().some((it) => it.text === "Merge"),
      ),
    patience,
  );
});

test("DU-15 a second daemon in the same home stands by, and takes the jobs over when the first is killed", async () => {
  await using town = await buildTown(1);
  const { redis, bot, ann } = town;
  const daemon = town.daemons[0].part;
  await using successor = daemon.twin();
  await redis.start();
  await Promise.all([daemon.start(), bot.start()]);
  const taking = successor.start();
  await until(() => successor.log.includes("standing by"));
  ann.sends(orderText(1));
  const question = await offered(town, "Merge");

  await daemon.kill();
  await taking;
  ann.taps(question, "Merge");

  await ann.sees(/Merged into main/, patience);
});
