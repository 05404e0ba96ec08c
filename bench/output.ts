import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProcessOptions, runProcess } from "../src/platform/process.ts";
import { interleave, median } from "./interleave.ts";
import type { Bench } from "./row.ts";

const megabytes = 100;
const flood = `head -c ${megabytes * 1_000_000} /dev/zero`;

/** P-15: reading a flood of output and keeping its head and tail, beside a pipe between two programs. */
export const bench: Bench = async () => {
  const cost = await interleave({ ours: () => read({}), pipe }, { rounds: 9, warmUp: 2 });
  // After the others: V8 lets any program keep 64 MB of read buffers once; what counts is whether it goes on growing.
  const file = join(tmpdir(), `chargehand-bench-${process.pid}.log`);
  const growth = await growthOf(() => read({ file }));
  await rm(file, { force: true });
  return [
    {
      id: "P-15",
      name: "1 MB of output, bounded",
      unit: "ms",
      ours: median(cost.ours) / megabytes,
      baseline: { name: "head | cat", value: median(cost.pipe) / megabytes },
      target: { ratio: 2 },
    },
    {
      id: "P-15",
      name: `growth of the daemon by a further ${megabytes} MB of output, kept in a file`,
      unit: "MB",
      ours: growth,
      target: { value: 32 },
    },
  ];
};

async function read(kept: { file?: string }): Promise<void> {
  const options: ProcessOptions = {
    argv: ["/bin/sh", "-c", flood],
    cwd: tmpdir(),
    env: { PATH: "/usr/bin:/bin" },
    timeoutMs: 60_000,
    output: { headBytes: 32_768, tailBytes: 32_768, ...kept },
  };
  await runProcess(options, new AbortController().signal);
}

async function pipe(): Promise<void> {
  const child = spawn("/bin/sh", ["-c", `${flood} | cat > /dev/null`], { stdio: "ignore" });
  await once(child, "close");
}

/** In megabytes of resident memory, at its highest. */
async function growthOf(run: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage.rss();
  let highest = before;
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage.rss());
  }, 5);
  await run();
  clearInterval(watch);
  return (highest - before) / 1_000_000;
}

if (import.meta.main) console.table(await bench());
