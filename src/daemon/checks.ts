import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseCommand } from "../core/command.ts";
import { checksOf, type DeclaredCheck, type Project } from "../core/config.ts";
import type { CheckResult } from "../core/measurement.ts";
import { git } from "../platform/git.ts";
import type { JobFiles } from "./job-files.ts";

/** Runs one command of the operator's in a folder; how that is done (sandbox, limits) is the caller's. */
export type RunInCheckout = (
  call: { argv: readonly [string, ...string[]]; place: CheckPlace; outputFile: string; network: "none" | "open" },
  signal: AbortSignal,
) => Promise<{ started: boolean; exitCode: number | null; durationMs: number; tail: string }>;

/** Where checks run: a fresh checkout, and a home of their own beside it. */
export interface CheckPlace {
  readonly checkout: string;
  readonly home: string;
}

export interface CheckRun {
  readonly files: JobFiles;
  readonly project: Project;
  readonly tree: string;
  readonly run: RunInCheckout;
  readonly onStarted: (label: string) => Promise<void>;
  readonly onFinished: (check: CheckResult) => Promise<void>;
}

/**
 * Runs the project's declared checks on one tree, in a fresh checkout of it that no agent has touched. A failing setup
 * makes every check unavailable: it proves nothing about the work.
 */
export async function runChecks(run: CheckRun, signal: AbortSignal): Promise<CheckResult[]> {
  const checks = checksOf(run.project);
  if (checks.length === 0) return [];
  const folder = join(run.files.checkouts, randomUUID());
  const place = { checkout: join(folder, "tree"), home: join(folder, "home") };
  try {
    await checkOut(run, place, signal);
    const setup = await runSetup(run, place, signal);
    const results: CheckResult[] = [];
    for (const check of checks) {
      await run.onStarted(check.label);
      const isReady = setup === undefined || setup.outcome === "passed";
      const result = isReady
        ? await runOne(run, check, { place, network: "none" }, signal)
        : withoutSetup(check, setup);
      await run.onFinished(result);
      results.push(result);
    }
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkOut({ files, tree }: CheckRun, { checkout, home }: CheckPlace, signal: AbortSignal): Promise<void> {
  await Promise.all([mkdir(checkout, { recursive: true }), mkdir(join(home, "tmp"), { recursive: true })]);
  const indexFile = join(files.temporary, `index-${randomUUID()}`);
  const call = { cwd: checkout, gitDir: files.harness, workTree: checkout, indexFile };
  await git(["read-tree", tree], call, signal);
  await git(["checkout-index", "--all", "--force", "--quiet"], call, signal);
}

async function runSetup(run: CheckRun, place: CheckPlace, signal: AbortSignal): Promise<CheckResult | undefined> {
  if (run.project.setup === undefined) return undefined;
  // Dependencies come from a registry; what they print or leave behind is seen by the checks only.
  return runOne(run, { label: "setup", cmd: run.project.setup }, { place, network: "open" }, signal);
}

async function runOne(
  run: CheckRun,
  check: DeclaredCheck,
  { place, network }: { place: CheckPlace; network: "none" | "open" },
  signal: AbortSignal,
): Promise<CheckResult> {
  const parsed = parseCommand(check.cmd);
  if (!parsed.ok) return unavailable(check, [check.cmd], parsed.reason);
  const { argv } = parsed;
  const outputFile = join(run.files.outputs, `check-${check.label.replace(/[^A-Za-z0-9._-]/g, "_")}.txt`);
  const result = await run.run({ argv, place, outputFile, network }, signal);
  if (!result.started) return unavailable(check, argv, result.tail);
  return {
    label: check.label,
    argv: [...argv],
    outcome: result.exitCode === 0 ? "passed" : "failed",
    exitCode: result.exitCode,
    durationMs: result.durationMs,
    tail: result.tail,
  };
}

function unavailable(check: DeclaredCheck, argv: readonly string[], why: string): CheckResult {
  return { label: check.label, argv: [...argv], outcome: "unavailable", exitCode: null, durationMs: 0, tail: why };
}

function withoutSetup(check: DeclaredCheck, setup: CheckResult | undefined): CheckResult {
  return unavailable(check, [check.cmd], `The setup failed, so this check did not run.\n${setup?.tail ?? ""}`);
}
