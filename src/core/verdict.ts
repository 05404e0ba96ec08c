import { z } from "zod";
import type { CheckResult } from "./measurement.ts";

export const Verdict = z.enum(["accept", "iterate", "reject", "block", "infra_error"]);
export type Verdict = z.infer<typeof Verdict>;

/** What the harness measured on one candidate tree. No field of it comes from an agent's words. */
export interface Measurement {
  readonly changed: boolean;
  /** Whether it is the very tree that a person sent back. */
  readonly isSentBack?: boolean;
  /** Changes the job may not make, each as a sentence: a link out of the tree, a path outside the scope. */
  readonly violations: readonly string[];
  readonly checks: readonly CheckResult[];
  /** How the checks that no agent may see went, by pool; absent where there are none or it never came to them. */
  readonly heldOut?: { readonly iterate?: HeldOutOutcome; readonly reserve?: HeldOutOutcome };
  /** A failure of our own that kept us from measuring, as a sentence. */
  readonly infrastructure?: string;
  readonly iteration: number;
  readonly maxIterations: number;
}

/** A failure has no details on purpose: whoever reads a verdict may be the one it is hidden from. */
export type HeldOutOutcome = "passed" | "failed" | "unavailable";

export interface Judgement {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}

type Consequence = "again" | "reject" | "block" | "infra_error";

/**
 * The precedence of reasons: the first row that has any decides, and only what no row objects to is accepted. What we
 * could not measure stands before what was done wrong; what proved nothing stands before what failed, because its
 * failures prove as little. "again" is `iterate` while attempts are left, and `reject` at the last one.
 */
const rows: readonly (readonly [Consequence, (measurement: Measurement) => readonly string[]])[] = [
  ["infra_error", ({ infrastructure }) => (infrastructure === undefined ? [] : [infrastructure])],
  ["again", ({ violations }) => violations],
  ["again", ({ changed }) => (changed ? [] : ["Nothing was changed."])],
  ["again", ({ isSentBack }) => (isSentBack ? ["Nothing was changed since a person asked for changes."] : [])],
  ["block", ({ checks }) => (checks.length > 0 ? [] : ["The project declares no checks, so nothing can be proven."])],
  ["block", ({ checks }) => sentences(checks, "unavailable", "proved nothing.")],
  ["block", ({ checks }) => sentences(checks, "flaky", "answered differently when it was repeated.")],
  ["again", ({ checks }) => sentences(checks, "failed")],
  ["again", ({ checks }) => (checks.some(isProof) ? [] : ["Every check was red before the work and still is."])],
  ["block", ({ heldOut }) => (isAnyPool(heldOut, "unavailable") ? ["The held-out checks could not be run."] : [])],
  ["again", ({ heldOut }) => (heldOut?.iterate === "failed" ? [generalHint] : [])],
  ["reject", ({ heldOut }) => (heldOut?.reserve === "failed" ? [generalHint] : [])],
];

/** All that is ever said of a held-out failure. */
const generalHint =
  "Checks that this job may not see failed: the work is too narrow or incomplete. Read the task again, word by word.";

/** The verdict on one candidate: a function of what was measured, and of nothing that was said. */
export function judge(measurement: Measurement): Judgement {
  for (const [consequence, reasonsOf] of rows) {
    const reasons = reasonsOf(measurement);
    if (reasons.length > 0) return { verdict: verdictOf(consequence, measurement), reasons };
  }
  return { verdict: "accept", reasons: [] };
}

function verdictOf(consequence: Consequence, { iteration, maxIterations }: Measurement): Verdict {
  if (consequence !== "again") return consequence;
  return iteration < maxIterations ? "iterate" : "reject";
}

function sentences(checks: readonly CheckResult[], outcome: CheckResult["outcome"], ending?: string): string[] {
  return checks
    .filter((check) => check.outcome === outcome)
    .map((check) => {
      const what = `Check "${check.label}" ${ending ?? `failed with exit code ${check.exitCode ?? "none"}.`}`;
      return check.reason === undefined ? what : `${what} ${check.reason}`;
    });
}

/** A check that was red before proves something only where its report shows what passes beside the old failures. */
function isProof({ outcome, tests }: CheckResult): boolean {
  return outcome === "passed" || (outcome === "as_before" && (tests?.passed ?? 0) > 0);
}

function isAnyPool(heldOut: Measurement["heldOut"], outcome: HeldOutOutcome): boolean {
  return heldOut?.iterate === outcome || heldOut?.reserve === outcome;
}
