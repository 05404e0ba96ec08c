import { stat } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { AppError } from "../../core/error.ts";
import type { LedgerEntry } from "../../core/event.ts";
import { artifacts, stepArtifacts, stepFolder } from "../../core/evidence/artifacts.ts";
import { type Bundle, printDocument } from "../../core/evidence/bundle.ts";
import { JobOrder } from "../../core/evidence/order.ts";
import { describes } from "../../core/evidence/patch-stat.ts";
import { resultOf } from "../../core/evidence/result.ts";
import { patchOfStep } from "../../core/evidence/step-patch.ts";
import { type StepResult, stepsOf } from "../../core/evidence/steps.ts";
import type { JobState } from "../../core/job.ts";
import { checkFiles } from "./check-files.ts";
import { type CheckedLedger, checkLedger } from "./check-ledger.ts";
import { checkRepository } from "./check-repository.ts";
import { Defect } from "./defect.ts";
import { sha256 } from "./hash.ts";

/** What was found in a folder. What its files do not tell is absent. */
export const Verification = z.object({
  jobId: z.string().optional(),
  status: z.string().optional(),
  entries: z.number().int(),
  files: z.number().int(),
  seal: z.string().optional(),
  /** Whether a repository was asked too. */
  repository: z.boolean(),
  defects: z.array(Defect),
});
export type Verification = Readonly<z.infer<typeof Verification>>;

/**
 * Checks a job's evidence with nothing but its folder: what is sealed is intact, the ledger is a story that can have
 * happened, and everything that is said to follow from it does follow. A repository is asked where one is named.
 */
export async function verifyBundle(
  directory: string,
  { repository }: { repository?: string | undefined },
  signal: AbortSignal,
): Promise<Verification> {
  const isFolder = (await stat(directory).catch(() => undefined))?.isDirectory() ?? false;
  if (!isFolder) throw new AppError("not-found", `There is no folder ${directory}. Name a job's folder, or its id.`);
  const { bundle, files, defects } = await checkFiles(directory);
  if (files.size === 0) throw new AppError("not-found", `${directory} holds no evidence of a job.`);
  const text = files.get(artifacts.ledger)?.toString() ?? "";
  const ledger = checkLedger(text);
  const story = ledger.state && { state: ledger.state, entries: ledger.entries };
  const patch = files.get(artifacts.patch)?.toString();
  const derived = story === undefined ? [] : checkDerived(story, files);
  const asked = story !== undefined && repository !== undefined;
  return {
    ...(ledger.entries[0] && { jobId: ledger.entries[0].jobId }),
    ...(ledger.state && { status: ledger.state.status }),
    entries: ledger.entries.length,
    files: bundle?.files.length ?? 0,
    ...(bundle && { seal: bundle.seal }),
    repository: asked,
    defects: [
      ...defects,
      ...ledger.defects,
      ...(bundle === undefined ? [] : checkSealedLedger(bundle, ledger, text)),
      ...derived,
      ...(asked ? await checkRepository(repository, { state: story.state, patch }, signal) : []),
    ],
  };
}

function checkSealedLedger({ ledger, jobId }: Bundle, { entries }: CheckedLedger, text: string): Defect[] {
  const file = artifacts.ledger;
  if (entries.length > ledger.entries) {
    const sentence = "The ledger goes on after the seal: the job is at work again, or lines were added.";
    return [{ file, line: ledger.entries + 1, sentence }];
  }
  const last = text.split("\n").at(-2) ?? "";
  const isIt = entries.length === ledger.entries && sha256(last) === ledger.lastLine && entries[0]?.jobId === jobId;
  return isIt
    ? []
    : [{ file, line: entries.length, sentence: "The ledger does not end with the line that was sealed." }];
}

interface Story {
  readonly state: JobState;
  readonly entries: readonly LedgerEntry[];
}

/** What the files say that follow from the ledger, against the ledger itself. */
function checkDerived(story: Story, files: ReadonlyMap<string, Buffer>): Defect[] {
  const { state, entries } = story;
  const text = (path: string) => files.get(path)?.toString();
  const follows = (file: string, document: unknown): Defect[] =>
    text(file) === printDocument(document) ? [] : [{ file, sentence: "It does not say what the ledger says." }];
  return [
    ...follows(artifacts.state, state),
    ...follows(artifacts.result, resultOf(state, entries)),
    ...stepsOf(entries).flatMap((step) => checkStep(step, { follows, text, baseCommit: state.base?.commit })),
    ...checkOrder(state, text(artifacts.order)),
    ...checkPatch(state, text(artifacts.patch)),
  ];
}

interface Derivation {
  readonly follows: (file: string, document: unknown) => Defect[];
  readonly text: (path: string) => string | undefined;
  readonly baseCommit: string | undefined;
}

/** A step says what the ledger says of it, and shows a difference where two trees differ, and only there. */
function checkStep(step: StepResult, { follows, text, baseCommit }: Derivation): Defect[] {
  const folder = stepFolder(step);
  const file = `${folder}/${stepArtifacts.patch}`;
  const expected = patchOfStep(step);
  const patch = text(file);
  // The base is known by its commit: only git can tell that its files are the same as those of a tree.
  const mayBeEmpty = step.change?.before === baseCommit;
  const isIt = expected.type === "text" ? patch === expected.text : patch !== undefined && (patch !== "" || mayBeEmpty);
  return [
    ...follows(`${folder}/${stepArtifacts.result}`, step),
    ...(isIt ? [] : [{ file, sentence: "It does not say what was measured of this step." }]),
  ];
}

function checkOrder({ submission, base }: JobState, text = ""): Defect[] {
  const file = artifacts.order;
  const order = JobOrder.safeParse(parsed(text));
  if (!order.success) return [{ file, sentence: "It cannot be read as an order." }];
  const { config } = order.data;
  const isSame = isDeepStrictEqual(order.data.submission, submission) && isDeepStrictEqual(order.data.base, base);
  const isHashed = sha256(JSON.stringify(config.snapshot)) === config.sha256;
  return [
    ...(isSame ? [] : [{ file, sentence: "It is not the order that the ledger begins with." }]),
    ...(isHashed ? [] : [{ file, sentence: "The configuration in it does not have the hash beside it." }]),
  ];
}

function checkPatch({ candidate }: JobState, patch: string | undefined): Defect[] {
  if (candidate === undefined || (patch === undefined && candidate.stat.files === 0)) return [];
  if (patch !== undefined && describes(patch, candidate.stat)) return [];
  return [{ file: artifacts.patch, sentence: "It does not change as many files and lines as were measured." }];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
