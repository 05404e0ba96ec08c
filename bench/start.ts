import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { prepareInstallation, runs } from "../test/support/installation.ts";
import { interleave, median } from "./interleave.ts";
import type { Bench, BenchRow } from "./row.ts";

/** P-21: from start to ready, beside an empty Node; P-22 and P-04: memory and processor time when nothing happens. */
export const startAndIdle: Bench = async () => {
  await using shop = await prepareInstallation({ script: runs("pwd") });
  const startOf =
    (...args: string[]) =>
    async () => {
      const startedAt = performance.now();
      await shop.start(...args);
      const elapsed = performance.now() - startedAt;
      await shop.stop("SIGTERM");
      return elapsed;
    };
  const bare = async () => {
    await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "exit");
  };
  const parts = ["up", "bot", "daemon"] as const;
  const samples = await interleave(
    { bare, up: startOf("up"), bot: startOf("bot"), daemon: startOf("daemon") },
    { rounds: 7, warmUp: 1 },
  );
  const starts = parts.map<BenchRow>((part) => ({
    id: "P-21",
    name: `\`${part}\`: start → ready, its private Redis included`,
    unit: "ms",
    ours: median(samples[part]),
    baseline: { name: "node -e 0", value: median(samples.bare) },
    target: { ratio: 25 },
  }));
  const idle: BenchRow[] = [];
  for (const part of parts) {
    await shop.start(part);
    await delay(settleMs);
    const before = processorMs(shop.pid());
    await delay(idleMs);
    idle.push({
      id: "P-04",
      name: `\`${part}\`: processor time per second when nothing happens`,
      unit: "ms",
      ours: (processorMs(shop.pid()) - before) / (idleMs / 1_000),
      target: { value: 5 },
    });
    idle.push({
      id: "P-22",
      name: `\`${part}\`: resident memory when idle`,
      unit: "MB",
      ours: residentMb(shop.pid()),
      target: { value: 200 },
    });
    await shop.stop("SIGTERM");
  }
  return [...starts, ...idle];
};

const settleMs = 3_000;
const idleMs = 10_000;

/** User and system time of a process, from proc(5): fields 14 and 15, in ticks of 10 ms. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function residentMb(pid: number): number {
  const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}
