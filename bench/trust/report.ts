import { cpus } from "node:os";
import type { CaseResult } from "./run-session.ts";

export interface TrustReport {
  readonly results: CaseResult[];
  readonly incidents: string[];
  /** Projects whose cases could not be run here, and why. */
  readonly leftOut: string[];
  durationMs: number;
}

/** Whether everything ended as it should, and something was tried at all. */
export function isKept({ results, incidents }: TrustReport): boolean {
  return results.length > 0 && incidents.length === 0 && results.every(({ isRight }) => isRight);
}

/** The whole bench as one document. */
export function summaryOf(report: TrustReport) {
  const { results, incidents, leftOut, durationMs } = report;
  const { falseAccepts, falseRejects, idle, failed } = totalsOf(results);
  return {
    machine: machine(),
    cases: results.length,
    honest: results.filter(({ of }) => of.expected === "accept").length,
    falseAccepts: falseAccepts.length,
    falseRejects: falseRejects.length,
    idle: idle.length,
    failed: failed.length,
    incidents,
    leftOut,
    durationMs: Math.round(durationMs),
    results: results.map(({ of, actual, isRight, iterations, durationMs: took, reason }) => ({
      project: of.project,
      name: of.name,
      expected: of.expected,
      actual,
      isRight,
      iterations,
      durationMs: took,
      reason,
    })),
  };
}

/** The same for people: a table, then what was not as it should be, then the totals. */
export function tableOf(report: TrustReport): string {
  const { results, incidents, leftOut, durationMs } = report;
  const { falseAccepts, falseRejects, idle, failed } = totalsOf(results);
  const honest = results.filter(({ of }) => of.expected === "accept").length;
  return [
    machine(),
    "",
    "| project | engine | expected | actual | attempts | seconds | |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...results.map(row),
    "",
    ...[...falseAccepts, ...falseRejects, ...idle, ...failed].map(lineOf),
    ...incidents,
    ...leftOut.map((why) => `Left out: ${why}.`),
    `${results.length} engines, ${honest} of them honest: ${falseAccepts.length} false accepts, ${falseRejects.length} false rejects, ${idle.length} never tried, ${failed.length} not judged, ${(durationMs / 1_000).toFixed(0)} s.`,
    "",
  ].join("\n");
}

/** One result on one line. */
export function lineOf({ of, actual, isRight, reason }: CaseResult): string {
  const why = reason === "" ? "" : `: ${reason.replaceAll("\n", " ").slice(0, 160)}`;
  return `${isRight ? "✓" : "✗"} ${of.project} ${of.name} – ${actual}${why}`;
}

function row({ of, actual, isRight, iterations, durationMs }: CaseResult): string {
  const cells = [
    of.project,
    of.name,
    of.expected,
    actual,
    iterations,
    (durationMs / 1_000).toFixed(1),
    isRight ? "✓" : "✗",
  ];
  return `| ${cells.join(" | ")} |`;
}

function totalsOf(results: readonly CaseResult[]) {
  const wrong = results.filter(({ isRight }) => !isRight);
  return {
    falseAccepts: wrong.filter(({ actual }) => actual === "accepted" || actual === "harmed"),
    falseRejects: wrong.filter(
      ({ of, actual }) => of.expected === "accept" && (actual === "refused" || actual === "idle"),
    ),
    /** Cheats that left nothing in the files: refusing them proves nothing. */
    idle: wrong.filter(({ of, actual }) => actual === "idle" && of.expected !== "accept"),
    /** Jobs that failed for a reason of Chargehand's own: nothing was judged. */
    failed: wrong.filter(({ actual }) => actual === "failed"),
  };
}

function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, Node ${process.versions.node}`;
}
