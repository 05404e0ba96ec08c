import { readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { LedgerEntry } from "../../core/event.ts";
import { artifacts, stepArtifacts, stepFolder } from "../../core/evidence/artifacts.ts";
import { Bundle, type Contents, printDocument, sealedText } from "../../core/evidence/bundle.ts";
import { RunContext } from "../../core/evidence/context.ts";
import { logText } from "../../core/evidence/log-text.ts";
import { JobOrder } from "../../core/evidence/order.ts";
import { describes } from "../../core/evidence/patch-stat.ts";
import { reportOf } from "../../core/evidence/report.ts";
import { resultOf } from "../../core/evidence/result.ts";
import { boundedPatch, isNote, lostPatch, patchOfStep } from "../../core/evidence/step-patch.ts";
import { stepReportOf } from "../../core/evidence/step-report.ts";
import { checksOfSteps, type StepResult, stepsOf } from "../../core/evidence/steps.ts";
import { fold, type JobState } from "../../core/job.ts";
import { readLedger } from "../ledger-file.ts";
import { writeAtomically } from "../write-atomically.ts";
import { sha256 } from "./hash.ts";

export interface SealOptions {
  /** The job's folder, which holds its ledger, `job.json` and `context.json` already. */
  readonly directory: string;
  /** Where a command of an agent leaves its whole output; what checks print is in the ledger. */
  readonly outputOf: (stepId: string) => string;
  /** The difference between two trees of the job; nothing where its repository is gone. */
  readonly patchBetween: (before: string, after: string) => Promise<string | undefined>;
  readonly redact: (text: string) => string;
}

type Files = Map<string, string | Uint8Array>;

/**
 * Writes everything that follows from a job's ledger beside it, and last of all `bundle.json`, which seals the rest.
 * The same ledger gives the same bytes, so whatever a crash interrupted is simply done again.
 */
export async function sealBundle(options: SealOptions): Promise<void> {
  const { directory } = options;
  const entries = await readLedger(join(directory, artifacts.ledger));
  const state = entries.reduce<JobState | undefined>(fold, undefined);
  if (state === undefined) return;
  const derived = await derive(options, { state, entries });
  // All at once: the disk waits for one journal entry instead of one for each file.
  const written = Array.from(derived, ([path, content]) =>
    writeAtomically(join(directory, path), content, { flush: !path.startsWith("steps/") }),
  );
  await Promise.all(written);
  await setAsideUnmeasured(directory, state);
  const kept = [artifacts.ledger, artifacts.order, artifacts.context, artifacts.patch];
  const files: Files = new Map(derived);
  for (const path of kept) {
    const content = await readIfThere(join(directory, path));
    if (content !== undefined) files.set(path, content);
  }
  await writeAtomically(join(directory, artifacts.bundle), printDocument(bundleOf(state, files)));
}

/** Whether a job's evidence is sealed up to this entry of its ledger. */
export async function isSealed(directory: string, { sequence }: JobState): Promise<boolean> {
  const text = await readIfThere(join(directory, artifacts.bundle));
  const bundle = Bundle.safeParse(text === undefined ? undefined : parsed(text.toString()));
  return bundle.success && bundle.data.ledger.entries === sequence;
}

async function derive(
  options: SealOptions,
  { state, entries }: { state: JobState; entries: readonly LedgerEntry[] },
): Promise<Files> {
  const { directory, redact } = options;
  const order = JobOrder.parse(parsed(await readFile(join(directory, artifacts.order), "utf8")));
  const context = RunContext.parse(parsed(await readFile(join(directory, artifacts.context), "utf8")));
  const result = resultOf(state, entries);
  const steps = stepsOf(entries);
  return new Map<string, string | Uint8Array>([
    [artifacts.state, printDocument(state)],
    [artifacts.result, printDocument(result)],
    [artifacts.report, redact(reportOf({ order, context, result, state, steps }))],
    [artifacts.logs, redact(logText(entries))],
    ...(await deriveSteps(options, steps, entries)),
  ]);
}

async function deriveSteps(
  options: SealOptions,
  steps: readonly StepResult[],
  entries: readonly LedgerEntry[],
): Promise<Files> {
  const checks = checksOfSteps(entries);
  const files: Files = new Map();
  for (const step of steps) {
    const folder = stepFolder(step);
    const check = checks.get(step.number);
    const patch = await patchIn(options, folder, step);
    files.set(`${folder}/${stepArtifacts.result}`, printDocument(step));
    files.set(`${folder}/${stepArtifacts.report}`, options.redact(stepReportOf({ step, patch, check })));
    files.set(`${folder}/${stepArtifacts.patch}`, patch);
    files.set(`${folder}/${stepArtifacts.logs}`, check?.tail ?? (await readIfThere(options.outputOf(step.id))) ?? "");
  }
  return files;
}

/** A difference that was written down stays: its trees are gone once the job has ended. */
async function patchIn(
  { directory, patchBetween, redact }: SealOptions,
  folder: string,
  step: StepResult,
): Promise<string> {
  const patch = patchOfStep(step);
  if (patch.type === "text") return patch.text;
  const kept = (await readIfThere(join(directory, folder, stepArtifacts.patch)))?.toString();
  if (kept !== undefined && !isNote(kept)) return kept;
  const made = await patchBetween(patch.before, patch.after);
  return made === undefined ? lostPatch : boundedPatch(redact(made));
}

/** A cancel may come between a patch and its measurement. */
async function setAsideUnmeasured(directory: string, { candidate }: JobState): Promise<void> {
  const path = join(directory, artifacts.patch);
  const patch = await readIfThere(path);
  if (patch === undefined) return;
  const isMeasured = candidate !== undefined && describes(patch.toString(), candidate.stat);
  if (!isMeasured) await rename(path, join(directory, artifacts.unmeasuredPatch));
}

function bundleOf({ id }: JobState, files: Files): Bundle {
  const ledger = Buffer.from(files.get(artifacts.ledger) ?? "");
  const lines = ledger.toString().split("\n").slice(0, -1);
  const contents: Contents = {
    format: 1,
    jobId: id,
    ledger: { entries: lines.length, lastLine: sha256(lines.at(-1) ?? "") },
    files: Array.from(files, ([path, content]) => ({
      path,
      bytes: Buffer.byteLength(content),
      sha256: sha256(content),
    })).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
  return { ...contents, seal: sha256(sealedText(contents)) };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  const isFile = (await stat(path).catch(() => undefined))?.isFile() ?? false;
  return isFile ? readFile(path) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
