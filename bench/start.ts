import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { prepareInstallation, runs } from "../test/support/installation.ts";
import { interleave, median } from "./interleave.ts";
import type { Bench, BenchRow } from "./row.ts";

/** P-21: from start to ready, beside an empty Node; P-22: memory when nothing happens. */
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
  const memory: BenchRow[] = [];
  for (const part of parts) {
    await shop.start(part);
    memory.push({
      id: "P-22",
      name: `\`${part}\`: resident memory when idle`,
      unit: "MB",
      ours: residentMb(shop.pid()),
      target: { value: 200 },
    });
    await shop.stop("SIGTERM");
  }
  return [...starts, ...memory];
};

function residentMb(pid: number): number {
  const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}
