import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { type OrderedCheck, orderedChecks } from "../../src/core/declared-check.ts";
import type { CheckResult } from "../../src/core/measurement.ts";
import { judge, type Measurement } from "../../src/core/verdict.ts";
import { takeCandidate } from "../../src/daemon/candidate.ts";
import type { FinishedCommand, Laboratory, RunInCheckout } from "../../src/daemon/checks.ts";
import type { DaemonDeps } from "../../src/daemon/deps.ts";
import { measure } from "../../src/daemon/measure.ts";
import { runInCheckout } from "../../src/daemon/run-check.ts";
import { changesBetween, treeOf } from "../../src/daemon/tree-changes.ts";
import { makeWorkspace, type Workspace, workspaceOf } from "../../src/daemon/workspace.ts";
import { detectSandbox } from "../../src/platform/sandbox/detect.ts";
import { createRedactor } from "../../src/platform/secrets/redactor.ts";
import { makeProject, never, temporaryFolder } from "./project.ts";

export interface Experiment {
  readonly files: Readonly<Record<string, string>>;
  /** The project's part of `chargehand.yaml`. */
  readonly settings: Record<string, unknown>;
  readonly flakeRuns?: number;
  readonly flakeTimeMs?: number;
  /** What the order wants to see pass. */
  readonly validation?: readonly OrderedCheck[];
  /** Changes the answer of the run with this number, from 1 on: what a program or a sandbox does one time in many. */
  readonly meddle?: (answer: FinishedCommand, run: number) => FinishedCommand;
}

export interface Bench extends AsyncDisposable {
  readonly folder: string;
  readonly cache: string;
  readonly steps: string[];
  /** Lets an engine loose in a new job's worktree and measures what it left. */
  measureAfter(act: (worktree: string) => Promise<void> | void): Promise<Outcome>;
}

export interface Outcome {
  readonly checks: readonly CheckResult[];
  readonly heldOut?: Measurement["heldOut"];
  readonly verdict: string;
  readonly reasons: readonly string[];
}

/** A project, the real sandbox of this machine, and jobs that are measured one after the other. */
export async function openBench({
  files,
  settings,
  flakeRuns = 0,
  flakeTimeMs = 60_000,
  validation,
  meddle,
}: Experiment): Promise<Bench> {
  const ordered = orderedChecks({ validation });
  const folder = await temporaryFolder();
  const { project, baseCommit, config } = await makeProject(join(folder.path, "shop"), files, settings);
  const home = join(folder.path, "home");
  const sandbox = await detectSandbox();
  const redactor = createRedactor({ values: [] });
  const deps: Partial<DaemonDeps> = {
    config,
    home,
    sandbox,
    redactor,
    redact: (text) => redactor.text(text),
    variables: { PATH: process.env.PATH, HOME: folder.path },
    log: pino({ level: "silent" }),
  };
  const honest = runInCheckout(deps as DaemonDeps);
  let runs = 0;
  const run: RunInCheckout = async (call, signal) => {
    const answer = await honest(call, signal);
    runs += 1;
    return meddle?.(answer, runs) ?? answer;
  };
  const steps: string[] = [];
  let jobs = 0;

  const laboratoryFor = ({ files: jobFiles }: Workspace): Laboratory => ({
    files: jobFiles,
    project,
    ordered,
    cache: join(home, "cache"),
    flakeRuns,
    flakeTimeMs,
    run,
    step: (label, work) => {
      steps.push(label);
      return work(async (words) => void steps.push(`${label}: ${words}`));
    },
    onFinished: async () => {},
  });

  return {
    folder: folder.path,
    cache: join(home, "cache"),
    steps,
    async measureAfter(act) {
      const workspace = workspaceOf(home, project, `aaaa${1000 + jobs++}`);
      await mkdir(workspace.files.directory, { recursive: true });
      await makeWorkspace(workspace, { project, jobId: "aaaa1111", commit: baseCommit }, never);
      await act(workspace.worktreePath);
      const { tree } = await takeCandidate(workspace, { baseCommit, scope: project.scope }, never);
      const changes = await changesBetween(workspace, baseCommit, tree, never);
      const work = { tree, baseTree: await treeOf(workspace, baseCommit, never), changes };
      const measured = await measure(laboratoryFor(workspace), work, never);
      return { ...measured, ...judge({ changed: true, violations: [], ...measured, iteration: 1, maxIterations: 3 }) };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
