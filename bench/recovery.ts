import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Script } from "../src/emulators/model-server/script.ts";
import { command, type Installation, prepareInstallation } from "../test/support/installation.ts";
import { until } from "../test/support/until.ts";
import { interleave, median } from "./interleave.ts";
import type { Bench } from "./row.ts";

const jobCount = 100;
const placeCount = 16;
const patience = { timeoutMs: 120_000 };

/**
 * DU-03: a daemon that was killed with a hundred jobs in flight, from the start of the new process until each of them is
 * on its way again, beside the start of a daemon without any job. It is ready only when it has been through all ledgers.
 */
export const recovery: Bench = async () => {
  const settings = { limits: { concurrency: placeCount, perProject: placeCount } };
  await using full = await prepareInstallation({ script: halfAskHalfWait, settings });
  await using empty = await prepareInstallation({ script: halfAskHalfWait, settings });
  await fill(full);
  const samples = await interleave(
    { full: () => timeToReady(full, jobCount), empty: () => timeToReady(empty, 0) },
    { rounds: 3, warmUp: 1 },
  );
  return [
    {
      id: "DU-03",
      name: "kill -9 with 100 jobs in flight: start → every job on its way, p50",
      unit: "ms",
      ours: median(samples.full),
      baseline: { name: "start with an empty home", value: median(samples.empty) },
      target: { value: 5_000 },
    },
  ];
};

/** Every second job asks a person, the others wait for a model that never answers. */
const halfAskHalfWait: Script = ({ instructions, userText }) => {
  const worktree = /^- (task-[a-z0-9]+):/m.exec(instructions)?.[1] ?? "?";
  const number = Number(/Task (\d+)/.exec(userText)?.[1] ?? 1);
  return number % 2 === 0 ? { toolCalls: [command("git clean -fd", worktree)] } : { hang: true };
};

async function fill(shop: Installation): Promise<void> {
  await shop.start("up");
  for (let number = 0; number < jobCount; number += 1) shop.ann.sends(`/new Task ${number}`);
  const isInFlight = async () => {
    const jobs = await readdir(join(shop.home, "jobs")).catch(() => []);
    return jobs.length >= jobCount && shop.model.requests.length >= placeCount;
  };
  await until(isInFlight, patience);
  await shop.stop("SIGKILL");
}

/** Starts a daemon, counts the jobs that it says go on, and kills it. */
async function timeToReady(shop: Installation, expected: number): Promise<number> {
  const before = shop.log().length;
  const startedAt = performance.now();
  const outcome = await shop.start("daemon");
  const elapsed = performance.now() - startedAt;
  const resumed =
    shop
      .log()
      .slice(before)
      .match(/job goes on/g)?.length ?? 0;
  await shop.stop("SIGKILL");
  if (outcome === "ended" || resumed !== expected) {
    throw new Error(`${resumed} of ${expected} jobs went on:\n${shop.log().slice(before, before + 4_000)}`);
  }
  return elapsed;
}
