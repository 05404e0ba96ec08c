import type { JobState } from "../../core/job.ts";
import type { CheckResult } from "../../core/measurement.ts";
import { clip, clipLine } from "../text/cut.ts";
import { bold, code, join, lines, type Piece, paragraphs, pre, quote, type RichText } from "../text/rich-text.ts";
import { diffFigures, runTime } from "./figures.ts";

/** What was measured, and apart from it what was only said. */
export function evidence(job: JobState): RichText {
  return paragraphs(checkList(job.checks), failureTail(job.checks), changes(job), claim(job));
}

function checkList(checks: readonly CheckResult[]): RichText | undefined {
  if (checks.length === 0) return undefined;
  const passed = checks.filter(({ outcome }) => outcome === "passed").length;
  const summary = passed === checks.length ? "All checks passed" : `${passed} of ${checks.length} checks passed`;
  return lines(bold(summary), ...checks.map(checkLine));
}

function checkLine({ outcome, label, durationMs, exitCode }: CheckResult): Piece {
  const mark = outcome === "passed" ? "✓" : outcome === "as_before" ? "–" : "✗";
  const words = {
    passed: "",
    failed: ` — exit code ${exitCode ?? "none"}`,
    as_before: " — red before the work too, nothing new",
    flaky: " — answered differently when repeated",
    unavailable: " — proved nothing",
  }[outcome];
  return `${mark} ${clipLine(label, 60)}  ${runTime(durationMs)}${words}`;
}

const tailLines = 10;
const tailLength = 700;

/** The end of what the first failed check printed: mostly that is where the reason stands. */
function failureTail(checks: readonly CheckResult[]): RichText | undefined {
  const failed = checks.find(
    ({ outcome, tail }) => outcome !== "passed" && outcome !== "as_before" && tail.trim() !== "",
  );
  if (failed === undefined) return undefined;
  const tail = failed.tail.trimEnd().split("\n").slice(-tailLines).join("\n").slice(-tailLength);
  return lines(join(clipLine(failed.label, 60), " ends with:"), pre(tail));
}

const shownPaths = 5;

function changes({ candidate }: JobState): RichText | undefined {
  if (candidate === undefined) return undefined;
  const { stat, paths } = candidate;
  const more = paths.length - shownPaths;
  return lines(
    bold(diffFigures(stat)),
    ...paths.slice(0, shownPaths).map((path) => code(clipLine(path, 80))),
    more > 0 && `and ${more} more`,
  );
}

const claimLength = 1_500;

function claim(job: JobState): RichText | undefined {
  if (!job.claim?.trim()) return undefined;
  return lines(bold("The orchestrator says"), quote(clip(join(job.claim.trim()), claimLength)));
}
