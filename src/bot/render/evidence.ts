import { heldOutStep } from "../../core/evidence/report.ts";
import type { JobState } from "../../core/job.ts";
import type { CheckResult } from "../../core/measurement.ts";
import { clip, clipLine } from "../text/cut.ts";
import { bold, code, join, lines, type Piece, paragraphs, pre, quote, type RichText } from "../text/rich-text.ts";
import { diffFigures, runTime } from "./figures.ts";

/** What was measured, and apart from it what was only said. */
export function evidence(job: JobState): RichText {
  return paragraphs(warning(job), checkList(job), failureTail(job.checks), changes(job), claim(job));
}

/** Work went on after the last measurement: then nothing below it may look like proof. */
function warning({ outdated, checks }: JobState): RichText | undefined {
  if (!outdated) return undefined;
  const older =
    checks.length > 0 ? "The last check is older than the last edit." : "The last edits were never checked.";
  return bold(`🔴 ${older}`);
}

const shownChecks = 8;

function checkList({ checks, outdated }: JobState): RichText | undefined {
  if (checks.length === 0) return undefined;
  const passed = checks.filter(({ outcome }) => outcome === "passed");
  const summary =
    passed.length === checks.length ? "All checks passed" : `${passed.length} of ${checks.length} checks passed`;
  const shown = checks.length > shownChecks ? checks.filter(({ outcome }) => outcome !== "passed") : checks;
  const hidden = checks.length - shown.length;
  return lines(
    bold(outdated ? `${summary}, before the last edits` : summary),
    ...shown.map(checkLine),
    hidden > 0 && `✓ and ${hidden} more`,
  );
}

function checkLine(check: CheckResult): Piece {
  const { outcome, label, durationMs } = check;
  const mark = outcome === "passed" ? "✓" : outcome === "as_before" ? "–" : "✗";
  const figures = [`${clipLine(label, 60)}  ${runTime(durationMs)}`, testFigures(check), repeated(check)];
  return `${mark} ${figures.filter(Boolean).join(" · ")}${whyNotPassed(check)}`;
}

/** `12 → 14 passed, 1 → 0 failed`: on the base, then now; without a report of the base, only now. */
function testFigures({ tests, before }: CheckResult): string | undefined {
  if (tests === undefined) return before !== undefined && before.exitCode !== 0 ? "red before the work" : undefined;
  const count = (word: "passed" | "failed" | "skipped") => {
    const was = before?.tests?.[word];
    if (word !== "passed" && tests[word] === 0 && !was) return "";
    return was === undefined ? `${tests[word]} ${word}` : `${was} → ${tests[word]} ${word}`;
  };
  return [count("passed"), count("failed"), count("skipped")].filter(Boolean).join(", ");
}

function repeated({ attempts = 1, outcome }: CheckResult): string | undefined {
  return attempts > 1 && outcome === "passed" ? `${attempts} times the same` : undefined;
}

function whyNotPassed({ outcome, exitCode, reason }: CheckResult): string {
  if (reason !== undefined && outcome !== "passed") return ` — ${clipLine(reason, 160)}`;
  switch (outcome) {
    case "passed":
      return "";
    case "failed":
      return ` — exit code ${exitCode ?? "none"}`;
    case "as_before":
      return " — red before the work too, nothing new";
    case "flaky":
      return " — answered differently when repeated";
    case "unavailable":
      return " — proved nothing";
  }
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

function changes({ candidate, judgement, steps }: JobState): RichText | undefined {
  if (candidate === undefined) return undefined;
  const { stat, paths, remarks = [] } = candidate;
  // A change that is out of scope or holds a secret is never accepted.
  const isClean = judgement?.verdict === "accept";
  const more = paths.length - shownPaths;
  return lines(
    bold(diffFigures(stat)),
    ...paths.slice(0, shownPaths).map((path) => code(clipLine(path, 80))),
    more > 0 && `and ${more} more`,
    ...remarkLines(remarks),
    isClean &&
      ["Within scope", "no secret found", hasPassedHeldOut(steps) && "held-out checks passed"]
        .filter(Boolean)
        .join(", "),
  );
}

const shownRemarks = 3;

/** What no check speaks of, and a person should see before they merge. */
function remarkLines(remarks: readonly string[]): Piece[] {
  const more = remarks.length - shownRemarks;
  return [
    ...remarks.slice(0, shownRemarks).map((remark) => `! ${clipLine(remark, 140)}`),
    ...(more > 0 ? [`! and ${more} more like these, in the report`] : []),
  ];
}

function hasPassedHeldOut(steps: JobState["steps"]): boolean {
  return steps.some(({ label, outcome }) => label === heldOutStep && outcome === "ok");
}

const claimLength = 1_500;

function claim(job: JobState): RichText | undefined {
  if (!job.claim?.trim()) return undefined;
  return lines(bold("The orchestrator says"), quote(clip(join(job.claim.trim()), claimLength)));
}
