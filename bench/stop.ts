import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { type Installation, runs, startInstallation } from "../test/support/installation.ts";
import { isRunning, runningWith } from "../test/support/processes.ts";
import { until } from "../test/support/until.ts";
import { interleave, quantile } from "./interleave.ts";
import type { Bench, BenchRow } from "./row.ts";

const patience = { timeoutMs: 120_000 };

/**
 * DU-09: from a tap on Cancel until no process of the engine is left, with the real bot, Redis, daemon and sandbox; in
 * turn with what a program of the same kind takes to end that is told so directly.
 */
export const stop: Bench = async () => {
  await using shop = await startInstallation({
    script: runs('codex exec "Fix the price"'),
    simulation: [{ do: [{ say: "Working." }, { hang: true }] }],
  });
  const subjects = { tap: () => tapToEnd(shop), signal: signalToEnd };
  const samples = await interleave(subjects, { rounds: 20, warmUp: 2 });
  return [0.5, 0.99].map<BenchRow>((share) => ({
    id: "DU-09",
    name: `tap on Cancel → no process of the engine is left, p${share * 100}`,
    unit: "ms",
    ours: quantile(samples.tap, share),
    baseline: { name: "SIGTERM → a Node program is gone", value: quantile(samples.signal, share) },
    target: { value: 1_000 },
  }));
};

async function tapToEnd({ ann, botApi, folder }: Installation): Promise<number> {
  const order = ann.sends("Fix the price");
  const working = () => ann.chat.messages.find(({ id, text }) => id > order.id && text.includes("Working."));
  await botApi.until(() => working() !== undefined, patience);
  const card = working();
  if (card === undefined) throw new Error("The card of the job is gone.");
  const engines = runningWith("simulated-program").filter((pid) => runningWith(folder).includes(pid));
  if (engines.length === 0) throw new Error("No engine is at work.");

  const tappedAt = performance.now();
  ann.taps(card, "Cancel");
  while (engines.some(isRunning)) await delay(1);
  const elapsed = performance.now() - tappedAt;

  await until(() => ann.chat.message(card.id)?.text.includes("Cancelled"), patience);
  return elapsed;
}

async function signalToEnd(): Promise<number> {
  const program = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log('ready')"]);
  await once(program.stdout, "data");
  const signalledAt = performance.now();
  program.kill("SIGTERM");
  await once(program, "exit");
  return performance.now() - signalledAt;
}
