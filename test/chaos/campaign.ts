import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { isTerminal } from "../../src/core/job.ts";
import { runningWith } from "../support/processes.ts";
import { lies } from "./invariants.ts";
import { Random } from "./random.ts";
import { Robot } from "./robot.ts";
import { buildTown, ledgerText, orderText, type PartName, type Town } from "./town.ts";
import { LedgerWatch } from "./watch.ts";

export interface Campaign {
  readonly seed: number;
  readonly kills: number;
  readonly jobs: number;
  readonly onProgress?: (line: string) => void;
}

export interface Outcome {
  readonly seed: number;
  readonly kills: number;
  readonly jobs: number;
  /** How many kills of what, at which moment. */
  readonly survived: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly lies: readonly string[];
  /** What the parts said, and the ledgers of jobs that ended badly or not at all. */
  readonly logs?: Readonly<Record<string, string>>;
}

const targets = ["daemon", "bot", "redis", "engine", "daemon and bot", "all"] as const;
type Target = (typeof targets)[number];

/** Jobs that are open at the same time. */
const openAtOnce = 3;
/** A kill comes after one of the next lines that are written anywhere, this far at the most. */
const linesAhead = 14;
/** After the last kill everything must come to its end by itself. */
const calmMs = 180_000;

/** Kills whatever there is, at transitions and at random moments, and says what is not true afterwards. */
export async function runCampaign({ seed, kills, jobs, onProgress = () => {} }: Campaign): Promise<Outcome> {
  await using town = await buildTown(jobs);
  await town.parts.redis.start();
  await Promise.all([town.parts.daemon.start(), town.parts.bot.start()]);
  const random = new Random(seed);
  const watch = new LedgerWatch(town.home);
  const survived: Record<string, number> = {};
  const faults: Record<string, number> = {};
  const count = (table: Record<string, number>, name: string) => {
    table[name] = (table[name] ?? 0) + 1;
  };
  using robot = new Robot(town);
  void robot;

  let ordered = 0;
  /** New orders come as the kills go on, so that every kill finds work. */
  const keepBusy = (share: number) => {
    const open = ordered - watch.states.filter(({ status }) => isTerminal(status)).length;
    for (let free = openAtOnce - open; free > 0 && ordered < Math.ceil(jobs * share); free -= 1) {
      ordered += 1;
      town.ann.sends(orderText(ordered));
    }
  };

  for (let killed = 0; killed < kills; killed += 1) {
    await watch.news();
    keepBusy((killed + 1) / kills);
    if (random.happens(0.3)) count(faults, await disturb(town, random, watch.states.length === ordered));
    const target = random.oneOf(targets);
    const lines = 1 + random.below(linesAhead);
    const moment = random.happens(0.75) ? await watch.after(lines, 3_000) : await delay(random.below(700), undefined);
    await kill(town, target);
    count(survived, `${target} at ${moment ?? "any moment"}`);
    if (random.happens(0.5)) await delay(random.below(300));
    await startAgain(town);
    if (killed % 10 === 9) onProgress(`${killed + 1} kills, ${watch.states.length} jobs`);
  }

  const deadline = Date.now() + calmMs;
  const isOver = () =>
    ordered === jobs && watch.states.length === jobs && watch.states.every(({ status }) => isTerminal(status));
  while (!isOver() && Date.now() < deadline) {
    await watch.news();
    keepBusy(1);
    await startAgain(town);
    await delay(100);
  }
  const circumstances = () => ({ states: watch.states, jobsOrdered: jobs, wasFlushed: (faults.flush ?? 0) > 0 });
  let found = await lies(town, circumstances());
  while (found.length > 0 && isOver() && Date.now() < deadline) {
    await delay(500);
    found = await lies(town, circumstances());
  }
  const logs = Object.fromEntries(Object.entries(town.parts).map(([name, { log }]) => [name, log]));
  for (const { id, outcome } of watch.states) {
    if (outcome === undefined) logs[`ledger of ${id}`] = await ledgerText(town.home, id);
  }
  return { seed, kills, jobs, survived, faults, lies: found, ...(found.length > 0 && { logs }) };
}

async function kill({ parts, folder }: Town, target: Target): Promise<void> {
  if (target === "engine") {
    for (const pid of runningWith("simulated-program").filter((pid) => runningWith(folder).includes(pid))) end(pid);
    return;
  }
  const names: Record<Exclude<Target, "engine">, PartName[]> = {
    daemon: ["daemon"],
    bot: ["bot"],
    redis: ["redis"],
    "daemon and bot": ["daemon", "bot"],
    all: ["daemon", "bot", "redis"],
  };
  await Promise.all(names[target].map((name) => parts[name].kill()));
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It was faster.
  }
}

/** Whatever does not run is started, as a service manager would; one that gives up at its start is started again. */
async function startAgain({ parts }: Town): Promise<void> {
  for (const names of [["redis"], ["daemon", "bot"]] as const) {
    const down = names.filter((name) => !parts[name].isRunning);
    await Promise.all(
      down.map(async (name) => {
        for (let attempt = 0; attempt < 20 && !parts[name].isRunning; attempt += 1) {
          await parts[name].start().catch(() => delay(200));
        }
      }),
    );
  }
}

/** Telegram and Redis in a bad mood. Answers what it did. */
async function disturb({ botApi, redisPath }: Town, random: Random, mayFlush: boolean): Promise<string> {
  const mood = random.oneOf(["429", "500", "409", "dropped after", "dropped before", "twice", "flush"]);
  switch (mood) {
    case "429":
      botApi.inject({ method: "*", error: { code: 429, retryAfter: 1 } });
      break;
    case "500":
      botApi.inject({ method: "*", error: { code: 500 } });
      break;
    case "409":
      botApi.inject({ method: "getUpdates", error: { code: 409 } });
      break;
    case "dropped after":
      botApi.inject({ method: "*", dropConnection: "after" });
      break;
    case "dropped before":
      botApi.inject({ method: "*", dropConnection: "before" });
      break;
    case "twice": {
      const update = botApi.updates[random.below(botApi.updates.length)];
      if (update !== undefined) botApi.deliverAgain(update);
      break;
    }
    case "flush": {
      // Rare, for it takes the bot's memory too; and an order that no daemon has taken is nowhere but in Redis.
      if (!random.happens(0.2) || !mayFlush) return "no fault";
      const redis = new Redis(redisPath, { retryStrategy: () => null, lazyConnect: true });
      redis.on("error", () => {});
      await redis
        .connect()
        .then(() => redis.flushall())
        .catch(() => {});
      redis.disconnect();
      break;
    }
  }
  return mood;
}
