import { z } from "zod";
import type { CheckResult } from "./measurement.ts";

export const Verdict = z.enum(["accept", "iterate", "reject", "block", "infra_error"]);
export type Verdict = z.infer<typeof Verdict>;

/** What the harness measured on one candidate tree. No field of it comes from an agent's words. */
export interface Measurement {
  readonly changed: boolean;
  /** Changes the job may not make, each as a sentence: a link out of the tree, a path outside the scope. */
  readonly violations: readonly string[];
  readonly checks: readonly CheckResult[];
  readonly iteration: number;
  readonly maxIterations: number;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}

/**
 * The verdict on one candidate. Reasons have a fixed precedence: what proved nothing blocks before what failed
 * rejects, and only a change with at least one passed check and no failed one is accepted.
 */
export function judge(measurement: Measurement): Judgement {
  const { changed, violations, checks } = measurement;
  if (!changed) return again(measurement, ["Nothing was changed."]);
  if (violations.length > 0) return again(measurement, violations);
  if (checks.length === 0) {
    return { verdict: "block", reasons: ["The project declares no checks, so nothing can be proven."] };
  }
  const unavailable = checks.filter((check) => check.outcome === "unavailable");
  if (unavailable.length > 0) {
    return { verdict: "block", reasons: unavailable.map((check) => `Check "${check.label}" proved nothing.`) };
  }
  const failed = checks.filter((check) => check.outcome === "failed");
  if (failed.length > 0) return again(measurement, failed.map(failure));
  return { verdict: "accept", reasons: [] };
}

function again({ iteration, maxIterations }: Measurement, reasons: readonly string[]): Judgement {
  return { verdict: iteration < maxIterations ? "iterate" : "reject", reasons };
}

function failure(check: CheckResult): string {
  return `Check "${check.label}" failed with exit code ${check.exitCode ?? "none"}.`;
}
