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
  call: { argv: readonly [string, ...string[]]; cwd: string; outputFile: string },
  signal: AbortSignal,
) => Promise<{ started: boolean; exitCode: number | null; durationMs: number; tail: string }>;

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
  try {
    await checkOut(run, folder, signal);
    const setup = await runSetup(run, folder, signal);
    const results: CheckResult[] = [];
    for (const check of checks) {
      await run.onStarted(check.label);
      const isReady = setup === undefined || setup.outcome === "passed";
      const result = isReady ? await runOne(run, check, folder, signal) : withoutSetup(check, setup);
      await run.onFinished(result);
      results.push(result);
    }
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkOut({ files, tree }: CheckRun, folder: string, signal: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true });
  const indexFile = join(files.temporary, `index-${randomUUID()}`);
  const call = { cwd: folder, gitDir: files.harness, workTree: folder, indexFile };
  await git(["read-tree", tree], call, signal);
  await git(["checkout-index", "--all", "--force", "--quiet"], call, signal);
}

async function runSetup(run: CheckRun, folder: string, signal: AbortSignal): Promise<CheckResult | undefined> {
  if (run.project.setup === undefined) return undefined;
  return runOne(run, { label: "setup", cmd: run.project.setup }, folder, signal);
}

async function runOne(run: CheckRun, check: DeclaredCheck, cwd: string, signal: AbortSignal): Promise<CheckResult> {
  const parsed = parseCommand(check.cmd);
  if (!parsed.ok) return unavailable(check, [check.cmd], parsed.reason);
  const { argv } = parsed;
  const outputFile = join(run.files.outputs, `check-${check.label.replace(/[^A-Za-z0-9._-]/g, "_")}.txt`);
  const result = await run.run({ argv, cwd, outputFile }, signal);
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
