import { readFile } from "node:fs/promises";
import { arch, release, type } from "node:os";
import { join } from "node:path";
import { artifacts } from "../core/evidence/artifacts.ts";
import { printDocument } from "../core/evidence/bundle.ts";
import type { RunContext } from "../core/evidence/context.ts";
import { type JobOrder, snapshotOf } from "../core/evidence/order.ts";
import { isAtRest, type JobState } from "../core/job.ts";
import { sha256 } from "../platform/evidence/hash.ts";
import { isSealed, sealBundle } from "../platform/evidence/seal.ts";
import { git } from "../platform/git.ts";
import { isThere } from "../platform/is-there.ts";
import { writeAtomically } from "../platform/write-atomically.ts";
import type { DaemonDeps } from "./deps.ts";
import { type JobFiles, jobFiles } from "./job-files.ts";
import { patchOf } from "./tree-changes.ts";

/** Keeps the evidence of a job beside its ledger: what was ordered, and all there is whenever the job comes to rest. */
export type KeepEvidence = (state: JobState) => Promise<void>;

/** A job whose evidence cannot be written goes on: its ledger is the truth, and the next start seals it again. */
export async function evidenceKeeper(deps: DaemonDeps, signal: AbortSignal): Promise<KeepEvidence> {
  const machine = await lookAtMachine(signal);
  return async (state) => {
    const files = jobFiles(deps.home, state.id);
    const { directory, outputs } = files;
    try {
      if (!(await isThere(join(directory, artifacts.context)))) await writeOrder(deps, machine, directory, state);
      if (!isAtRest(state) || (await isSealed(directory, state))) return;
      const outputOf = (callId: string) => join(outputs, outputName(callId));
      const patchBetween = differenceIn(files);
      await sealBundle({ directory, outputOf, patchBetween, redact: deps.redact });
    } catch (err) {
      deps.log.warn({ err, jobId: state.id }, "the evidence of a job could not be written");
    }
  };
}

type Machine = Pick<RunContext, "chargehand" | "node" | "git" | "os">;

async function lookAtMachine(signal: AbortSignal): Promise<Machine> {
  const { version } = JSON.parse(await readFile(join(import.meta.dirname, "../../package.json"), "utf8"));
  const said = await git(["--version"], { cwd: import.meta.dirname }, signal);
  return {
    chargehand: String(version),
    node: process.versions.node,
    git: said.replace(/^git version /, "").trim(),
    os: `${type()} ${release()} ${arch()}`,
  };
}

async function writeOrder(deps: DaemonDeps, machine: Machine, directory: string, state: JobState): Promise<void> {
  const { config, modelName, realEngines, sandbox, dryRun, redact } = deps;
  const { submission, base, maxIterations, id: jobId } = state;
  const snapshot = redacted(snapshotOf(config, submission.project), redact) as JobOrder["config"]["snapshot"];
  const order: JobOrder = {
    jobId,
    submission,
    ...(base && { base }),
    maxIterations,
    config: { sha256: sha256(JSON.stringify(snapshot)), snapshot },
  };
  const name = engineOf(deps, submission.project);
  const engine = Object.hasOwn(config.engines, name) ? config.engines[name] : undefined;
  const kind = engine?.kind ?? name;
  const context: RunContext = {
    ...machine,
    sandbox: sandbox.kind,
    orchestrator: modelName,
    engine: {
      name,
      kind: realEngines || kind === "custom" ? kind : "simulated",
      ...(engine?.model !== undefined && { model: engine.model }),
    },
    dryRun,
  };
  await Promise.all([
    writeAtomically(join(directory, artifacts.order), printDocument(order)),
    writeAtomically(join(directory, artifacts.context), printDocument(redacted(context, redact))),
  ]);
}

function engineOf({ config }: DaemonDeps, project: string): string {
  const own = Object.hasOwn(config.projects, project) ? config.projects[project]?.engine : undefined;
  return own ?? config.roles.engine ?? "codex";
}

/** The same document with every text in it made safe to show. */
function redacted(document: unknown, redact: (text: string) => string): unknown {
  return JSON.parse(JSON.stringify(document, (_key, value) => (typeof value === "string" ? redact(value) : value)));
}

/** Evidence is written to its end, also while we are leaving: nothing cancels this. */
function differenceIn(files: JobFiles) {
  const signal = new AbortController().signal;
  return async (before: string, after: string) =>
    (await isThere(files.harness)) ? patchOf({ files }, before, after, signal) : undefined;
}

/** Where the gate leaves the whole output of a call. */
function outputName(callId: string): string {
  return `${callId.replace(/[^A-Za-z0-9_-]/g, "_")}.txt`;
}
