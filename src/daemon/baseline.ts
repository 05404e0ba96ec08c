import { createHash, randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { CheckRun } from "../core/compare-runs.ts";
import type { DeclaredCheck } from "../core/declared-check.ts";
import { TestReport } from "../core/reports/report.ts";
import { readUsed } from "./cache.ts";
import { type Laboratory, type OnTree, runOnTree, type Say } from "./checks.ts";

const Baseline = z.object({
  exitCode: z.number().int().nullable(),
  tests: TestReport.optional(),
  findings: z.array(z.string()).optional(),
  touched: z.array(z.string()),
});

/**
 * How a check goes on the base. Jobs that start from the same tree ask the same question, so the answer is kept; nothing
 * that an agent wrote takes part in it.
 */
export async function baselineOf(
  laboratory: Laboratory,
  check: DeclaredCheck,
  { base, say }: { base: OnTree; say: Say },
  signal: AbortSignal,
): Promise<CheckRun | undefined> {
  const path = join(laboratory.cache, "baseline", `${keyOf(check, base)}.json`);
  const kept = await readKept(path);
  if (kept !== undefined) return kept;
  await say("on the base, for comparison");
  const ran = await runOnTree(laboratory, check, base, signal);
  if (ran.flaw !== undefined) return undefined;
  const baseline = { exitCode: ran.exitCode, tests: ran.tests, findings: ran.findings, touched: ran.touched ?? [] };
  // What ran out of time may have more of it another day.
  if (ran.exitCode !== null) await keep(path, baseline);
  return baseline;
}

/** A new one where what is kept is written otherwise, as names of failed tests were: else old names would be taken for others. */
const format = 2;

function keyOf(check: DeclaredCheck, { tree, dependencies }: OnTree): string {
  const parts = [format, check.cmd, tree, ...dependencies.map(({ from }) => from), process.version];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

async function readKept(path: string): Promise<CheckRun | undefined> {
  try {
    return Baseline.parse(JSON.parse((await readUsed(path)) ?? ""));
  } catch {
    return undefined;
  }
}

async function keep(path: string, baseline: CheckRun): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${randomUUID()}`;
  await writeFile(unfinished, JSON.stringify(baseline), { mode: 0o600 });
  await rename(unfinished, path);
}
