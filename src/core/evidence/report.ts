import type { ApprovalSubject } from "../approval.ts";
import { displayCommand } from "../command-display.ts";
import { formatDuration } from "../duration.ts";
import type { JobState } from "../job.ts";
import { afterWords, beforeWords } from "./check-words.ts";
import type { RunContext } from "./context.ts";
import { code, oneLine, quoted, row, section } from "./markdown.ts";
import type { JobOrder } from "./order.ts";
import type { JobResult } from "./result.ts";
import type { StepResult } from "./steps.ts";

/** What the harness calls the step of the checks that no agent may see. */
export const heldOutStep = "held-out checks";

export interface ReportParts {
  readonly order: JobOrder;
  readonly context: RunContext;
  readonly result: JobResult;
  readonly state: JobState;
  readonly steps: readonly StepResult[];
}

/** `report.md`: a job for a person who was not there. What there is nothing to say about is said to be so. */
export function reportOf(parts: ReportParts): string {
  const { order, result } = parts;
  return [
    `# Job ${order.jobId}: ${headline(result)}`,
    section("Task", [quoted(order.submission.text), orderedBy(parts)]),
    section("Verdict", verdict(result)),
    section("What changed", changes(result)),
    section("Checks, on the base and on the result", checks(result)),
    section("What was done", done(parts.steps)),
    section("What people decided", decisions(parts.state)),
    section("What the orchestrator says (a claim: nothing was concluded from it)", [
      quoted(result.claim ?? "Nothing."),
    ]),
    section("Residual risk", residualRisk(parts)),
    section("To take it back", rollback(parts)),
    section("What it took", cost(parts)),
  ]
    .join("\n\n")
    .concat("\n");
}

function headline({ status, outcome, outdated }: JobResult): string {
  return `${outcome ?? status.replaceAll("_", " ")}${outdated ? ", last checks older than the last work" : ""}`;
}

function orderedBy({ order: { submission, base, maxIterations } }: ReportParts): string {
  const start = base === undefined ? "It found no commit to start from." : `From \`${base.branch}\` at ${base.commit}.`;
  const who = `Ordered by ${oneLine(submission.requestedBy.name)} on ${submission.submittedAt} in project ${submission.project}.`;
  return `\n${who} ${start} Up to ${maxIterations} attempts.`;
}

function verdict({ verdict: given, reasons, reason, iterations }: JobResult): string[] {
  return [
    given === undefined ? "It was never judged." : `**${given}**, after attempt ${iterations}.`,
    ...reasons.map((it) => `- ${oneLine(it)}`),
    ...(reason === undefined || reasons.includes(reason) ? [] : [`- ${oneLine(reason)}`]),
  ];
}

function changes({ candidate, accepted, mergedCommit, outdated }: JobResult): string[] {
  if (candidate === undefined) return ["Nothing was measured."];
  const { files, insertions, deletions } = candidate.stat;
  return [
    `${files} ${files === 1 ? "file" : "files"}, +${insertions} −${deletions}; tree ${candidate.tree}. The patch is in \`patch.diff\`.`,
    ...candidate.paths.map((path) => `- ${code(path)}`),
    ...worthALook(candidate.remarks),
    ...(accepted === undefined ? [] : [`\nAccepted as commit ${accepted.commit} on \`${accepted.ref}\`.`]),
    ...(mergedCommit === undefined ? [] : [`Merged as ${mergedCommit}.`]),
    ...(outdated ? ["\n**Work went on after this was measured: the files may differ from it.**"] : []),
  ];
}

function worthALook(remarks: readonly string[] = []): string[] {
  if (remarks.length === 0) return [];
  return ["\nWorth a look before a merge:\n", ...remarks.map((remark) => `- ${oneLine(remark)}`)];
}

function checks({ checks: ran }: JobResult): string[] {
  if (ran.length === 0) return ["No check ran."];
  return [
    "| check | command | before | after | exit code | time | tree |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...ran.map(({ tree, check }) =>
      row([
        check.label,
        code(displayCommand(check.argv)),
        beforeWords(check),
        afterWords(check),
        String(check.exitCode ?? "none"),
        formatDuration(check.durationMs),
        (check.tree ?? tree).slice(0, 12),
      ]),
    ),
  ];
}

function done(steps: readonly StepResult[]): string[] {
  if (steps.length === 0) return ["Nothing was run."];
  return steps.map(({ number, iteration, label, outcome, exitCode, detail, said }) => {
    const how = [outcome, exitCode !== undefined && `exit code ${exitCode ?? "none"}`, detail && oneLine(detail)];
    const spoken = said.map((title) => `\n   - ${oneLine(title)}`).join("");
    return `${number}. attempt ${iteration}: ${code(label)} — ${how.filter(Boolean).join(", ")}${spoken}`;
  });
}

function decisions({ approvals }: JobState): string[] {
  if (approvals.length === 0) return ["Nobody was asked anything."];
  return approvals.map(
    ({ approval: { subject }, settlement }) => `- ${code(subjectWords(subject))}: ${settlementWords(settlement)}`,
  );
}

function subjectWords(subject: ApprovalSubject): string {
  switch (subject.type) {
    case "command":
      return displayCommand(subject.argv);
    case "merge":
      return `merge of ${subject.commit} into ${subject.into}`;
    case "task_changed":
      return subject.change === "text" ? "the issue's text was edited" : "somebody commented on the issue";
  }
}

function settlementWords(settlement: JobState["approvals"][number]["settlement"]): string {
  if (settlement === undefined) return "not answered";
  if (settlement.type === "expired") return "expired";
  if (settlement.type === "void") return `void: ${oneLine(settlement.reason)}`;
  const { choice, by, advice } = settlement;
  return `${choice.replaceAll("_", " ")}, by ${oneLine(by.name)}${advice === undefined ? "" : `: ${oneLine(advice)}`}`;
}

function residualRisk({ context, result, steps }: ReportParts): string[] {
  const ran = result.checks.map(({ check }) => check);
  const risks = [
    result.outdated && "The last checks are older than the last work.",
    ran.length === 0 && "Nothing was checked.",
    ran.some(({ outcome }) => outcome === "as_before") && "A check was red before the work and still is.",
    ran.some(({ before }) => before === undefined) && "Not every check was also run on the base.",
    ran.every(({ tests }) => tests === undefined) && ran.length > 0 && "No check told how many tests it ran.",
    !steps.some(({ label, outcome }) => label === heldOutStep && outcome === "ok") && "No held-out check has passed.",
    context.sandbox === "none" && "Commands ran without a sandbox.",
    context.engine.kind === "simulated" && "The engine was a simulated one.",
    steps.some(({ outcome }) => outcome === "interrupted") && "A step was interrupted; what it did is in the patch.",
    context.dryRun && "It was a dry run: no command of an agent really ran.",
    "The checks prove what they check and no more; nobody but the people above has read the patch.",
  ];
  return risks.filter((risk): risk is string => typeof risk === "string").map((risk) => `- ${risk}`);
}

function rollback({ order, result }: ReportParts): string[] {
  const { mergedCommit, accepted, revert } = result;
  if (revert !== undefined)
    return [`    ${revert}`, "", "Before the merge was published, this was proven to give main as it had been."];
  if (mergedCommit !== undefined) return [`    git revert -m 1 ${mergedCommit}`];
  if (result.outcome === "discarded" || (accepted === undefined && result.endedAt !== undefined)) {
    return [
      `Nothing was merged. What was done, if anything was, is kept: \`git show refs/chargehand/recovery/${order.jobId}\`.`,
    ];
  }
  return ["Nothing was merged."];
}

function cost({ result, context, state }: ReportParts): string[] {
  const { inputTokens, cachedInputTokens, outputTokens, usd, models } = result.spent;
  const end = Date.parse(result.endedAt ?? state.updatedAt);
  return [
    `- Time: ${formatDuration(end - Date.parse(result.queuedAt))}, ${result.iterations} ${result.iterations === 1 ? "attempt" : "attempts"}`,
    `- Tokens: ${inputTokens} in (${cachedInputTokens} of them cached), ${outputTokens} out`,
    usd > 0 ? `- Known cost: ${usd.toFixed(4)} USD` : "- Cost: not known",
    `- Models: ${models.join(", ") || "none was paid for"}`,
    `- Chargehand ${context.chargehand}, Node ${context.node}, git ${context.git}, ${context.os}, sandbox ${context.sandbox}, engine ${context.engine.name} (${context.engine.kind})`,
  ];
}
