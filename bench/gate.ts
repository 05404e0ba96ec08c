import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandLog } from "../src/agents/command-log.ts";
import { type Gate, runRepoCommand } from "../src/agents/gate.ts";
import { decide } from "../src/core/policy/decide.ts";
import { quantile } from "./interleave.ts";
import type { Bench } from "./row.ts";

const rounds = 3_000;

/** P-12: the processor time of everything the gate does beside the child: policy, folder, log, steps; and a decision alone. */
export const gate: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), "chargehand-bench-"));
  try {
    using log = new CommandLog(join(folder, "commands.log"), (text) => text);
    const worktrees = new Map([["task-1", { kind: "task" as const, path: folder }]]);
    const place = { "task-1": { kind: "task" as const } };
    const command = 'git commit -m "Fix the rounding of the discount"';
    const gateOfBench: Gate = {
      jobId: "aaaa1111",
      worktrees: async () => new Map([[folder.split("/").at(-1) ?? "", { kind: "task" as const, path: folder }]]),
      decide: ({ command: text }) => decide({ worktree: "task-1", command: text, worktrees: place, sandboxed: true }),
      permits: { lookUp: async () => ({ type: "none" }), ask: async () => "" },
      execute: async () => ({ ok: true, text: "", ended: "exited", exitCode: 0, durationMs: 0, bytes: 0 }),
      steps: { started: async () => {}, progress: () => {}, finished: async () => {} },
      log,
      dryRun: false,
      denials: { rule: "", count: 0 },
    };
    const call = { id: "call-1", worktree: folder.split("/").at(-1) ?? "", command, beforeStart: async () => {} };
    for (let round = 0; round < 300; round += 1) await runRepoCommand(gateOfBench, call, new AbortController().signal);
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1)
      await runRepoCommand(gateOfBench, call, new AbortController().signal);
    const { user, system } = process.cpuUsage(before);

    const decisions: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const startedAt = performance.now();
      decide({ worktree: "task-1", command, worktrees: { "task-1": place["task-1"] }, sandboxed: worktrees.size > 0 });
      decisions.push(performance.now() - startedAt);
    }
    return [
      {
        id: "P-12",
        name: "the gate beside the child, processor time",
        unit: "µs",
        ours: (user + system) / rounds,
        target: { value: 50 },
      },
      {
        id: "P-12",
        name: "one decision of the policy, p99",
        unit: "ms",
        ours: quantile(decisions, 0.99),
        target: { value: 0.2 },
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
