import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { flawOfCheck, flawOfScript } from "../core/check-command.ts";
import { parseCommand } from "../core/command.ts";
import { type CheckRun, findingsOf } from "../core/compare-runs.ts";
import type { Project } from "../core/config.ts";
import type { DeclaredCheck, PlannedCheck } from "../core/declared-check.ts";
import { AppError } from "../core/error.ts";
import type { CheckResult } from "../core/measurement.ts";
import { readTestReport } from "../core/reports/read-report.ts";
import { tryGit } from "../platform/git.ts";
import type { SandboxProfile } from "../platform/sandbox/profile.ts";
import { changedSince, checkOut } from "./checkout.ts";
import type { JobFiles } from "./job-files.ts";

/** A folder that the setup made, kept outside of every checkout and shown in it, read-only but for `scratch`. */
export interface Dependency {
  readonly from: string;
  /** Where it belongs, from the top of a checkout. */
  readonly at: string;
  readonly scratch: readonly string[];
}

/** Where a check runs: a fresh checkout, and a home of its own beside it. */
export interface CheckPlace {
  readonly checkout: string;
  readonly home: string;
  readonly dependencies?: readonly Dependency[];
}

/** `missing`: there is no such program. `broken`: we could not start it, and that says nothing about the work. */
export interface FinishedCommand {
  readonly started: "yes" | "missing" | "broken";
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** Enough of its output to find a report in; secrets are out of it. */
  readonly output: string;
  /** What people and models get to see of it. */
  readonly tail: string;
  readonly toolVersion?: string | undefined;
}

/** Runs one command of the operator's in a folder; how that is done (sandbox, limits) is the caller's. */
export type RunInCheckout = (
  call: {
    readonly argv: readonly [string, ...string[]];
    readonly place: CheckPlace;
    readonly outputFile?: string;
    readonly network: SandboxProfile["network"];
  },
  signal: AbortSignal,
) => Promise<FinishedCommand>;

export type Say = (words: string) => Promise<void>;

/** What measuring needs: where, with which rules, and who is told. */
export interface Laboratory {
  readonly files: JobFiles;
  readonly project: Project;
  /** Checks that the order itself brings along; they run first. */
  readonly ordered: readonly PlannedCheck[];
  /** Results and dependencies that jobs share; no agent reaches it. */
  readonly cache: string;
  readonly flakeRuns: number;
  readonly flakeTimeMs: number;
  readonly run: RunInCheckout;
  /** Shows a step while it lasts; `say` tells what it is at. */
  readonly step: <T>(label: string, work: (say: Say) => Promise<T>, isGood: (result: T) => boolean) => Promise<T>;
  readonly onFinished: (check: CheckResult) => Promise<void>;
}

/** One run of one check: what there is to compare, and its proof. */
export interface RanCheck extends CheckRun {
  readonly argv: readonly string[];
  readonly durationMs: number;
  readonly tail: string;
  readonly toolVersion?: string | undefined;
  /** Why it proved nothing before it even ran. */
  readonly flaw?: string;
}

export interface OnTree {
  readonly tree: string;
  readonly dependencies: readonly Dependency[];
}

/** Runs one check on one tree, in a checkout that nobody used before: no check prepares the ground for the next. */
export async function runOnTree(
  laboratory: Laboratory,
  check: DeclaredCheck,
  { tree, dependencies }: OnTree,
  signal: AbortSignal,
): Promise<RanCheck> {
  const parsed = parseCommand(check.cmd);
  if (!parsed.ok) return neverRan([check.cmd], parsed.reason);
  const { argv } = parsed;
  const flaw = flawOfCheck(check) ?? (await flawOfNamedScript(laboratory, argv, tree, signal));
  if (flaw !== undefined) return neverRan(argv, `It is no check: ${flaw}.`);
  const outputFile = join(laboratory.files.outputs, `check-${check.label.replace(/[^A-Za-z0-9._-]/g, "_")}.txt`);
  const work = async (place: CheckPlace, indexFile: string) => ({
    ...(await laboratory.run({ argv, place, outputFile, network: "none" }, signal)),
    touched: await changedSince(indexFile, { files: laboratory.files, checkout: place.checkout }, signal),
  });
  const ran = await inFreshCheckout(laboratory, { tree, dependencies }, work, signal);
  if (ran.started === "broken") throw new AppError("sandbox-unavailable", `A check could not be started. ${ran.tail}`);
  if (ran.started === "missing") return neverRan(argv, ran.tail);
  const { exitCode, durationMs, tail, toolVersion, output, touched } = ran;
  return {
    argv,
    exitCode,
    durationMs,
    tail,
    toolVersion,
    tests: readTestReport(output),
    findings: findingsOf(output),
    touched,
  };
}

/** Makes a fresh checkout with the dependencies in place, and takes it away again. */
export async function inFreshCheckout<T>(
  { files }: Pick<Laboratory, "files">,
  { tree, dependencies }: OnTree,
  work: (place: CheckPlace, indexFile: string) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const folder = join(files.checkouts, randomUUID());
  const place = { checkout: join(folder, "tree"), home: join(folder, "home"), dependencies };
  try {
    await mkdir(join(place.home, "tmp"), { recursive: true });
    return await work(place, await checkOut({ files, tree, checkout: place.checkout }, signal));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function neverRan(argv: readonly string[], flaw: string): RanCheck {
  return { argv, exitCode: null, durationMs: 0, tail: "", flaw };
}

/** `npm test` is as good as the script of that name in the very tree that is checked. */
async function flawOfNamedScript(
  { files }: Laboratory,
  [program, ...words]: readonly string[],
  tree: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!/^(?:npm|pnpm|yarn|bun)$/.test(program ?? "")) return undefined;
  const [first = "", second = ""] = words.filter((word) => !word.startsWith("-"));
  const name = /^run(?:-script)?$/.test(first) ? second : first === "t" ? "test" : first;
  const repository = { cwd: files.directory, gitDir: files.harness };
  const file = await tryGit(["cat-file", "blob", `${tree}:package.json`], repository, signal);
  const script = file.exitCode === 0 ? scriptIn(file.stdout, name) : undefined;
  return script === undefined ? undefined : flawOfScript(script);
}

function scriptIn(packageFile: string, name: string): string | undefined {
  try {
    const script: unknown = JSON.parse(packageFile).scripts?.[name];
    return typeof script === "string" ? script : undefined;
  } catch {
    return undefined;
  }
}
