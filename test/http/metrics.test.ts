import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keys } from "../../src/core/queue.ts";
import { jobIdOf } from "../../src/platform/job-desk.ts";
import { Announcement } from "../../src/platform/roster.ts";
import { homeId, live, story, tree } from "../cli/support/scene.ts";
import { until } from "../support/until.ts";
import { type HttpScene, startHttpScene } from "./support/scene.ts";

let scene: HttpScene;
beforeAll(async () => {
  scene = await startHttpScene({ environment: { TELEGRAM_BOT_TOKEN: "4711:secret-of-the-bot" } });
}, 60_000);
afterAll(() => scene[Symbol.asyncDispose]());

/** Every series of a scrape with its value: `name{label="value"}` → number. */
async function scrape(): Promise<Map<string, number>> {
  const response = await scene.request("/metrics");
  expect([response.status, response.headers.get("content-type")]).toEqual([
    200,
    "text/plain; version=0.0.4; charset=utf-8",
  ]);
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const [, series = "", value = ""] = /^(\S+) (\S+)$/.exec(line) ?? [];
      return [series, Number(value)];
    }),
  );
}

/** Scrapes until a series has this value: a scrape may be a second old, and events come by a stream. */
async function untilScraped(series: string, value: number): Promise<Map<string, number>> {
  let scraped = new Map<string, number>();
  await until(async () => {
    scraped = await scrape();
    return scraped.get(series) === value;
  });
  return scraped;
}

test("OPS-05 a server on which nothing has happened yet shows everything that can happen, at 0", async () => {
  const scraped = await scrape();

  expect(scraped.get('chargehand_jobs{project="shop",status="running"}')).toBe(0);
  expect(scraped.get('chargehand_verdicts_total{verdict="accept"}')).toBe(0);
  expect(scraped.get('chargehand_spent_usd_total{spender="engine"}')).toBe(0);
  expect(scraped.get('chargehand_at_work{part="daemon"}')).toBe(0);
  expect(scraped.get("chargehand_outbox_messages")).toBe(0);
});

test("OPS-05 SY-50 jobs, questions, verdicts and what was spent are counted as they happen", async () => {
  const id = jobIdOf("counted");
  const usage = { inputTokens: 1_000, cachedInputTokens: 400, outputTokens: 50, usd: 0.25 };
  await live(
    scene.book,
    "counted",
    story.queued("Pay Ann 4711", "counted"),
    ...story.working(),
    { type: "spent", role: "engine", model: "codex", usage },
    { type: "spent", role: "orchestrator", model: "openai/gpt-5.5", usage: { ...usage, usd: undefined } },
    ...story.accepted(id),
  );
  await live(scene.book, "asks", story.queued("Fix it", "asks"), story.asksForCommand(jobIdOf("asks")));
  await live(scene.book, "over", story.queued("Fix it", "over"), { type: "blocked", reason: "It is." });

  const scraped = await untilScraped('chargehand_jobs_ended_total{outcome="blocked"}', 1);

  expect(Object.fromEntries(scraped)).toMatchObject({
    'chargehand_jobs{project="shop",status="awaiting_approval"}': 2,
    'chargehand_jobs{project="shop",status="blocked"}': 1,
    'chargehand_approvals_waiting{subject="merge"}': 1,
    'chargehand_approvals_waiting{subject="command"}': 1,
    'chargehand_verdicts_total{verdict="accept"}': 1,
    'chargehand_tokens_total{spender="engine",kind="input"}': 1_000,
    'chargehand_tokens_total{spender="engine",kind="cached_input"}': 400,
    'chargehand_tokens_total{spender="orchestrator",kind="output"}': 50,
    'chargehand_spent_usd_total{spender="engine"}': 0.25,
    'chargehand_spent_usd_total{spender="orchestrator"}': 0,
  });
  await live(scene.book, "counted", {
    type: "discarded",
    by: { kind: "terminal", id: "1", name: "Ann" },
  });
  const after = await untilScraped('chargehand_jobs{project="shop",status="done"}', 1);
  expect(after.get('chargehand_approvals_waiting{subject="merge"}')).toBe(0);
}, 30_000);

test("OPS-05 what waits in queues and for Telegram, and who is at work, is shown", async () => {
  await scene.post("/webhook", { text: "Fix it", project: "shop" });
  await scene.redis.hset(keys.outbox(keys.bot(4711)), "1", "{}", "2", "{}");
  const home = { id: homeId, path: scene.home, projects: ["shop"] };
  await using _daemon = await Announcement.make(
    scene.redis,
    home,
    pino({ enabled: false }),
    AbortSignal.timeout(30_000),
  );

  const scraped = await untilScraped('chargehand_at_work{part="daemon"}', 1);

  expect(Object.fromEntries(scraped)).toMatchObject({
    'chargehand_queue_entries{queue="intake",state="waiting"}': 1,
    'chargehand_queue_entries{queue="stages",state="waiting"}': 0,
    chargehand_outbox_messages: 2,
  });
}, 30_000);

test("OPS-05 nothing of a task, a person or a job stands in a label", async () => {
  const text = await (await scene.request("/metrics")).text();

  for (const word of ["Ann", "Pay", "secret-of-the-bot", tree, jobIdOf("counted"), homeId]) {
    expect(text).not.toContain(word);
  }
});

test("OPS-05 docs/metrics.md names every metric, and no other", async () => {
  const text = await (await scene.request("/metrics")).text();
  const page = await readFile(join(import.meta.dirname, "../../docs/metrics.md"), "utf8");

  const served = Array.from(text.matchAll(/^# TYPE (\S+) /gm), ([, name]) => name);
  const told = Array.from(page.matchAll(/^\| `(chargehand_\w+)/gm), ([, name]) => name);

  expect(told.toSorted()).toEqual(served.toSorted());
});

test("OPS-05 where others can reach the server, metrics need the token", async () => {
  await using open = await startHttpScene({ http: { publicUrl: "https://chargehand.example.com" } });

  expect((await open.request("/metrics", { headers: { authorization: "" } })).status).toBe(401);
  expect((await open.request("/metrics")).status).toBe(200);
}, 30_000);
