import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProcessOptions, runProcess } from "../src/platform/process.ts";
import { detectSandbox } from "../src/platform/sandbox/detect.ts";
import { interleave, median } from "./interleave.ts";
import type { Bench } from "./row.ts";

/** P-13: what the sandbox adds to a command. No rows where this machine has none. */
export const bench: Bench = async () => {
  if ((await detectSandbox()).kind === "none") return [];
  const folder = await mkdtemp(join(tmpdir(), "chargehand-bench-"));
  const options: ProcessOptions = {
    argv: ["/bin/true"],
    cwd: folder,
    env: {},
    timeoutMs: 10_000,
    output: { headBytes: 8_192, tailBytes: 8_192 },
  };
  const sandbox = {
    worktree: folder,
    home: folder,
    writable: [],
    readOnly: [],
    readOnlyInside: [],
    network: "none",
  } as const;
  const { signal } = new AbortController();
  const cost = await interleave(
    {
      outside: async () => void (await runProcess(options, signal)),
      inside: async () => void (await runProcess({ ...options, sandbox }, signal)),
    },
    { rounds: 150, warmUp: 15 },
  );
  await rm(folder, { recursive: true, force: true });
  return [
    {
      id: "P-13",
      name: "what the sandbox adds to true, median",
      unit: "ms",
      ours: median(cost.inside) - median(cost.outside),
      target: { value: 7 },
    },
  ];
};

if (import.meta.main) console.table(await bench());
