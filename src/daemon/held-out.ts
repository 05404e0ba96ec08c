import { cp } from "node:fs/promises";
import { join } from "node:path";
import { parseCommand } from "../core/command.ts";
import type { DeclaredCheck } from "../core/declared-check.ts";
import { AppError } from "../core/error.ts";
import { readTestReport } from "../core/reports/read-report.ts";
import type { HeldOutOutcome, Measurement } from "../core/verdict.ts";
import { type Pool, readHeldOut } from "../platform/held-out-file.ts";
import { type CheckPlace, inFreshCheckout, type Laboratory, type OnTree } from "./checks.ts";

/**
 * Runs the checks that no agent may see: the iterate pool every time, the reserve once that has passed. What comes back,
 * is recorded and is shown is only whether they passed; names, paths and output end here.
 */
export async function runHeldOut(
  laboratory: Laboratory,
  candidate: OnTree,
  signal: AbortSignal,
): Promise<Measurement["heldOut"]> {
  const { heldOut } = laboratory.project;
  if (heldOut === undefined) return undefined;
  const file = readHeldOut(heldOut);
  if (file === undefined) return { iterate: "unavailable" };
  const pool = (name: Pool) =>
    runPool(laboratory, { candidate, checks: file[name], folder: join(heldOut, name) }, signal);
  return laboratory.step(
    "held-out checks",
    async () => {
      const iterate = await pool("iterate");
      return iterate === "passed" ? { iterate, reserve: await pool("reserve") } : { iterate };
    },
    ({ iterate, reserve }) => iterate === "passed" && reserve === "passed",
  );
}

interface PoolRun {
  readonly candidate: OnTree;
  readonly checks: readonly DeclaredCheck[];
  readonly folder: string;
}

async function runPool(laboratory: Laboratory, run: PoolRun, signal: AbortSignal): Promise<HeldOutOutcome> {
  for (const check of run.checks) {
    const outcome = await runOne(laboratory, check, run, signal);
    if (outcome !== "passed") return outcome;
  }
  return "passed";
}

async function runOne(
  laboratory: Laboratory,
  { cmd }: DeclaredCheck,
  { candidate, folder }: PoolRun,
  signal: AbortSignal,
): Promise<HeldOutOutcome> {
  const parsed = parseCommand(cmd);
  if (!parsed.ok) return "unavailable";
  const work = async (place: CheckPlace) => {
    const isCopied = await layOver(folder, place.checkout);
    // No output file: what they print is not kept anywhere.
    return isCopied ? laboratory.run({ argv: parsed.argv, place, network: "none" }, signal) : undefined;
  };
  const ran = await inFreshCheckout(laboratory, candidate, work, signal);
  if (ran?.started === "broken") throw new AppError("sandbox-unavailable", "A held-out check could not be started.");
  if (ran?.started !== "yes") return "unavailable";
  const tests = readTestReport(ran.output);
  if (ran.exitCode !== 0 || (tests?.failed ?? 0) > 0) return "failed";
  return tests !== undefined && tests.passed === 0 ? "unavailable" : "passed";
}

/** A file of the work where a folder must be is in the way; then nothing can be said. */
async function layOver(folder: string, checkout: string): Promise<boolean> {
  try {
    await cp(folder, checkout, { recursive: true, force: true, verbatimSymlinks: true });
    return true;
  } catch {
    return false;
  }
}
