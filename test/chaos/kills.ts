import { setTimeout as delay } from "node:timers/promises";
import { runningWith } from "../support/processes.ts";
import type { Part } from "./part.ts";
import type { Random } from "./random.ts";
import type { Town } from "./town.ts";

export const targets = ["daemon", "bot", "redis", "engine", "both daemons", "daemon and bot", "all"] as const;
export type Target = (typeof targets)[number];

export async function kill({ redis, bot, daemons, folder }: Town, target: Target, random: Random): Promise<void> {
  if (target === "engine") {
    for (const pid of runningWith("simulated-program").filter((pid) => runningWith(folder).includes(pid))) end(pid);
    return;
  }
  const all = daemons.map(({ part }) => part);
  const one = all[random.below(all.length)] ?? daemons[0].part;
  const doomed: Record<Exclude<Target, "engine">, Part[]> = {
    daemon: [one],
    bot: [bot],
    redis: [redis],
    "both daemons": all,
    "daemon and bot": [one, bot],
    all: [...all, bot, redis],
  };
  await Promise.all(doomed[target].map((part) => part.kill()));
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It was faster.
  }
}

/** Whatever does not run is started, as a service manager would; one that gives up at its start is started again. */
export async function startAgain({ redis, bot, daemons }: Town): Promise<void> {
  for (const parts of [[redis], [bot, ...daemons.map(({ part }) => part)]]) {
    await Promise.all(
      parts.map(async (part) => {
        for (let attempt = 0; attempt < 20 && !part.isRunning; attempt += 1) {
          await part.start().catch(() => delay(200));
        }
      }),
    );
  }
}
