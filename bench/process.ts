import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { runProcess } from "../src/platform/process.ts";
import { interleave, median, quantile } from "./interleave.ts";
import type { Bench } from "./row.ts";

/** P-13 and P-14: what runProcess adds to the start and the end of a command that does nothing. */
export const bench: Bench = async () => {
  const cost = await interleave({ ours: runTrue, spawn: spawnTrue }, { rounds: 300, warmUp: 30 });
  const held = await interleave({ ours: () => heldBy(runTrue) }, { rounds: 300, warmUp: 30 });
  return [
    {
      id: "P-13",
      name: "run true, median",
      unit: "ms",
      ours: median(cost.ours),
      baseline: { name: "child_process.spawn", value: median(cost.spawn) },
      target: { ratio: 1.3 },
    },
    {
      id: "P-14",
      name: "event loop held while a command starts and ends, p99",
      unit: "ms",
      ours: quantile(held.ours, 0.99),
      target: { value: 5 },
    },
  ];
};

async function runTrue(): Promise<void> {
  const options = { argv: ["/bin/true"], cwd: tmpdir(), env: {}, timeoutMs: 10_000 };
  await runProcess({ ...options, output: { headBytes: 8_192, tailBytes: 8_192 } }, new AbortController().signal);
}

async function spawnTrue(): Promise<void> {
  const child = spawn("/bin/true", [], { cwd: tmpdir(), env: {}, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.resume();
  child.stderr.resume();
  await once(child, "close");
}

/** The longest time that nothing else could have run. */
async function heldBy(run: () => Promise<void>): Promise<number> {
  let longest = 0;
  let isRunning = true;
  let turnedAt = performance.now();
  const turn = () => {
    longest = Math.max(longest, performance.now() - turnedAt);
    turnedAt = performance.now();
    if (isRunning) setImmediate(turn);
  };
  setImmediate(turn);
  await run();
  isRunning = false;
  turn();
  return longest;
}

if (import.meta.main) console.table(await bench());
