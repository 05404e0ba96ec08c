import { displayCommand } from "../command-display.ts";
import { formatDuration } from "../duration.ts";
import type { CheckResult } from "../measurement.ts";
import { afterWords, beforeWords } from "./check-words.ts";
import { code, oneLine, section } from "./markdown.ts";
import { statOfPatch } from "./patch-stat.ts";
import { isNote } from "./step-patch.ts";
import type { StepResult } from "./steps.ts";

export interface StepReportParts {
  readonly step: StepResult;
  /** What stands in its `patch.diff`. */
  readonly patch: string;
  /** Of a step that is a check. */
  readonly check: CheckResult | undefined;
}

/** `steps/<step>/report.md`: one step for a person, what was measured apart from what was said. */
export function stepReportOf(parts: StepReportParts): string {
  const { step, check } = parts;
  return [
    `# Step ${step.number}: ${code(step.label)}`,
    section("What came of it", cameOfIt(step)),
    ...(check === undefined ? [] : [section("The check", measured(check))]),
    section("What it changed", changed(parts)),
    ...(step.said.length === 0
      ? []
      : [
          section(
            "What the engine says it did (a claim)",
            step.said.map((title) => `- ${oneLine(title)}`),
          ),
        ]),
  ]
    .join("\n\n")
    .concat("\n");
}

function cameOfIt({ outcome, exitCode, detail, iteration, worktree, startedAt, endedAt }: StepResult): string[] {
  const took = endedAt === undefined ? "" : `, ${formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}`;
  return [
    `**${outcome}**${exitCode === undefined ? "" : `, exit code ${exitCode ?? "none"}`}${took}`,
    ...(detail === undefined ? [] : [`- ${oneLine(detail)}`]),
    `- Attempt ${iteration}, ${worktree === undefined ? "by the harness" : `in ${code(worktree)}`}, begun ${startedAt}`,
    "- What it printed is in `logs.txt`.",
  ];
}

function measured(check: CheckResult): string[] {
  return [
    `- Command: ${code(displayCommand(check.argv))}`,
    `- Before: ${beforeWords(check)}`,
    `- After: ${afterWords(check)}`,
    ...(check.attempts === undefined ? [] : [`- Asked ${check.attempts} ${check.attempts === 1 ? "time" : "times"}`]),
    ...(check.toolVersion === undefined ? [] : [`- Tool: ${code(check.toolVersion)}`]),
    ...(check.tree === undefined ? [] : [`- On tree ${check.tree}`]),
  ];
}

function changed({ step: { worktree, outcome, change }, patch }: StepReportParts): string[] {
  if (outcome === "denied") return ["Nothing: it did not run."];
  if (worktree === undefined) return ["Nothing: it ran in a fresh checkout that nobody kept."];
  if (worktree === "main") return ["Nothing: main can only be read."];
  if (isNote(patch)) return [oneLine(patch.slice(2))];
  if (patch === "") return ["Nothing: the files before and after are the same."];
  const { files, insertions, deletions } = statOfPatch(patch);
  const trees = change === undefined ? "" : ` From ${change.before} to ${change.after}.`;
  const shared =
    change !== undefined && change.steps.length > 1 ? [`Measured together: steps ${change.steps.join(", ")}.`] : [];
  const size = `${files} ${files === 1 ? "file" : "files"}, +${insertions} −${deletions}`;
  return [`${size}, in \`patch.diff\`.${trees}`, ...shared];
}
