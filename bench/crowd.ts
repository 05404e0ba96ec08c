import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { serveBot } from "../src/bot/serve.ts";
import { Config } from "../src/core/config.ts";
import { startBotApi } from "../src/emulators/bot-api/server.ts";
import { jobIdOf } from "../src/platform/job-desk.ts";
import { connectRedis, type RedisTarget } from "../src/platform/redis.ts";
import { DaemonDouble } from "../test/bot/support/daemon-double.ts";
import { startTestRedis } from "../test/support/redis.ts";

/** What happened to a job, and when, in milliseconds since 1970. `number` is what its card or line shows of it. */
export interface Progress {
  readonly jobId: string;
  readonly number: number;
  readonly at: number;
}

/** A message as it reached Telegram. */
export interface Shown {
  readonly at: number;
  readonly text: string;
  readonly rings: boolean;
}

export interface Record {
  readonly progress: readonly Progress[];
  /** When each job ended. */
  readonly ends: ReadonlyMap<string, number>;
  readonly shown: readonly Shown[];
  readonly refusals: number;
  readonly endedAt: number;
}

const jobCount = 100;
const progressEveryMs = 20;
const endEveryMs = 1_250;

/** A hundred jobs in these chats, with the real bot, Redis and HTTP between them and a Telegram that keeps its limits. */
export async function runCrowd(chatIds: readonly number[], durationMs: number): Promise<Record> {
  await using scope = new AsyncDisposableStack();
  const botApi = scope.use(await startBotApi({ rateLimits: true }));
  for (const id of chatIds) {
    if (id < 0) botApi.group({ id, title: `Group ${-id}` });
    else botApi.person({ id, firstName: "Ann" });
  }
  const server = scope.use(await startTestRedis());
  const log = pino({ enabled: false });
  const redis = scope.adopt(await connectRedis(server.target, log, AbortSignal.timeout(30_000)), (it) =>
    it.disconnect(),
  );
  const daemon = scope.use(await DaemonDouble.start(redis, server.target));
  const stop = new AbortController();
  const ready = Promise.withResolvers<void>();
  const serving = serve(botApi, server.target, ready.resolve, stop.signal);
  scope.defer(async () => {
    stop.abort();
    await serving;
  });
  await ready.promise;

  const live: string[] = [];
  let ordered = 0;
  const begins = async () => {
    const jobId = jobIdOf(`crowd-${ordered}`);
    const card = { chatId: chatIds[ordered % chatIds.length] ?? 0 };
    const text = `Task ${ordered}`;
    const requestedBy = { kind: "http", id: "bench", name: "bench" } as const;
    const submittedAt = new Date().toISOString();
    const requestId = `crowd-${ordered}`;
    ordered += 1;
    await daemon.takesIn({
      requestId,
      jobId,
      project: "shop",
      text,
      requestedBy,
      origin: { type: "http" },
      card,
      submittedAt,
    });
    await daemon.tells(jobId, { type: "stage_started", stage: "run", iteration: 1 });
    await daemon.tells(jobId, { type: "step_started", stepId: "work", label: "work" });
    live.push(jobId);
  };
  for (let index = 0; index < jobCount; index += 1) await begins();
  const isCalm = () => botApi.calls.length >= Math.min(chatIds.length, jobCount);
  await botApi.until(isCalm, { timeoutMs: 60_000 });
  await delay(20_000);

  const progress: Progress[] = [];
  const ends = new Map<string, number>();
  const startedAt = Date.now();
  let [steps, endings] = [0, 0];
  while (Date.now() - startedAt < durationMs) {
    const elapsed = Date.now() - startedAt;
    for (; steps * progressEveryMs <= elapsed; steps += 1) {
      const jobId = live[draw(steps) % live.length] ?? "";
      progress.push({ jobId, number: steps, at: Date.now() });
      await daemon.tells(jobId, step(`edit ${steps}`));
    }
    for (; endings * endEveryMs <= elapsed; endings += 1) {
      const jobId = live.shift() ?? "";
      ends.set(jobId, Date.now());
      await daemon.tells(jobId, { type: "failed", code: "engine-failed", reason: "The engine gave up." });
      await begins();
    }
    await delay(5);
  }
  const shown = botApi.calls.flatMap(({ at, outcome, params }) =>
    outcome === 200 && typeof params.text === "string" && at >= startedAt
      ? [{ at, text: params.text, rings: params.disable_notification === false }]
      : [],
  );
  const refusals = botApi.calls.filter(({ outcome }) => outcome === 429).length;
  return { progress, ends, shown, refusals, endedAt: Date.now() };
}

/** Any job may be next, the same ones in every run. */
function draw(number: number): number {
  return createHash("sha256").update(`${number}`).digest().readUInt32BE();
}

function step(title: string) {
  const event = { type: "action", id: "action", kind: "edit", title, phase: "started" } as const;
  return { type: "step_progress", stepId: "work", event } as const;
}

function serve(
  { token, apiRoot }: { token: string; apiRoot: string },
  redis: RedisTarget,
  onReady: () => void,
  signal: AbortSignal,
): Promise<void> {
  const config = Config.parse({ access: { owners: [1] }, projects: { shop: { baseDir: "/srv/shop" } } });
  const log = pino({ enabled: false });
  return serveBot({ config, token, apiRoot, redis, log, redact: (text) => text, onReady }, signal);
}
