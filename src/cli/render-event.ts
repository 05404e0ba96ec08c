import type { ApprovalSubject, Choice, Settlement } from "../core/approval.ts";
import { displayCommand } from "../core/command-display.ts";
import { formatDuration } from "../core/duration.ts";
import type { EngineEvent } from "../core/engine-event.ts";
import type { LedgerEntry } from "../core/event.ts";
import type { JobState } from "../core/job.ts";
import type { Base, CheckResult, DiffStat } from "../core/measurement.ts";
import type { Step } from "../core/step.ts";
import { visibleText } from "../platform/visible-text.ts";
import { clipped, printable } from "./printable.ts";

/** One ledger entry as lines of a terminal, none when there is nothing to tell. `state` is the job's after it. */
export function renderEvent(state: JobState, { event }: LedgerEntry): string[] {
  switch (event.type) {
    case "queued":
      return [`▸ ${state.id} queued: ${event.submission.project}${baseWords(event.base)}`];
    case "stage_started":
      return event.stage === "run" && event.iteration > 1
        ? [`▸ attempt ${event.iteration} of ${state.maxIterations}`]
        : [];
    case "step_started":
      return [`▸ ${printable(event.label)}`];
    case "step_progress":
      return renderProgress(event.event);
    case "step_finished":
      return [renderStep(event.outcome, labelOf(state, event.stepId), event.detail)];
    case "claimed":
      return [`  it says: ${clipped(event.text, 300)}`];
    case "spent":
      return [];
    case "candidate_taken":
      return [
        `▸ ${statLine(event.stat)}`,
        ...event.paths.slice(0, 10).map((path) => `  ${printable(path)}`),
        ...renderRemarks(event.remarks),
      ];
    case "check_finished":
      // Its step has said whether it passed.
      return event.check.outcome === "passed" ? [] : whyNotPassed(event.check);
    case "judged":
      return event.verdict === "accept"
        ? []
        : [`✗ ${event.verdict}`, ...event.reasons.map((it) => `  ${printable(it)}`)];
    case "accepted":
      return [`✓ accepted: ${branchOf(event.ref)}`];
    case "approval_requested":
      return renderQuestion(event.approval.subject);
    case "approval_settled":
      return [renderSettlement(event.settlement)];
    case "landing_refused":
      return [`✗ not merged: ${printable(event.reason)}`];
    case "merged":
      return [`✓ merged into ${event.into}: ${short(event.commit)}`];
    case "discarded":
      return [`▸ discarded by ${printable(event.by.name)}`];
    case "rejected":
    case "blocked":
    case "failed":
      return [`✗ ${event.type}: ${printable(event.reason)}`];
    case "cancelled":
      return [`✗ cancelled by ${printable(event.by.name)}`];
    case "interrupted":
      return [`▸ interrupted: ${printable(event.reason)}`];
    case "retry_scheduled":
      return [`▸ retry ${event.attempt} at ${event.at.slice(11, 19)} UTC: ${printable(event.reason)}`];
    case "slot_awaited":
      return [`▸ in line, place ${event.position}, behind ${event.behind.join(", ")}`];
  }
}

/** What a person should know of the work before they merge. */
export function renderRemarks(remarks: readonly string[] = []): string[] {
  return remarks.map((remark) => `! ${printable(remark)}`);
}

export function renderStep(outcome: Step["outcome"], label: string, detail: string | undefined): string {
  const mark = { running: "▸", ok: "✓", failed: "✗", denied: "✗", interrupted: "▸" }[outcome];
  const note = outcome === "denied" || outcome === "interrupted" ? ` (${outcome})` : "";
  return `${mark} ${printable(label)}${note}${detail === undefined ? "" : `: ${clipped(detail, 300)}`}`;
}

/** A check, and where it did not pass the reason for it. */
export function renderCheck(check: CheckResult): string[] {
  if (check.outcome === "passed") return [`✓ ${printable(check.label)} (${formatDuration(check.durationMs)})`];
  return [`${check.outcome === "as_before" ? "▸" : "✗"} ${printable(check.label)}`, ...whyNotPassed(check)];
}

/** How it ended, and the end of what it printed. */
function whyNotPassed({ outcome, reason, exitCode, tail }: CheckResult): string[] {
  const lines = visibleText(tail)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-15);
  const words = {
    passed: "passed",
    failed: `exit code ${exitCode ?? "none"}`,
    as_before: "red before the work, and no worse now",
    flaky: "it answered differently when it was repeated",
    unavailable: "it proved nothing",
  }[outcome];
  return [`  ${printable(reason ?? words)}`, ...lines.map((line) => `  │ ${line}`)];
}

/** What a person is asked, whole: nothing that decides may be cut off. */
export function renderQuestion(subject: ApprovalSubject): string[] {
  switch (subject.type) {
    case "merge":
      return [`? Merge ${short(subject.commit)} into ${subject.into}?`];
    case "command":
      return [
        `? May this run in ${printable(subject.worktree)}? ${printable(subject.reason)}`,
        `  ${displayCommand(subject.argv)}`,
      ];
    case "task_changed":
      return [
        subject.change === "text" ? "? The issue was edited. It says now:" : "? The issue has new words from outside:",
        ...visibleText(subject.text)
          .split("\n")
          .map((line) => `  │ ${line}`),
      ];
  }
}

export function statLine({ files, insertions, deletions }: DiffStat): string {
  return `${files} ${files === 1 ? "file" : "files"} changed, +${insertions} −${deletions}`;
}

/** `refs/heads/x` as people type it. */
export function branchOf(ref: string): string {
  return ref.replace(/^refs\/heads\//, "");
}

/** Where the work starts, if the project had a place to start from. */
export function baseWords(base: Base | undefined): string {
  return base === undefined ? "" : `, from ${base.branch} ${short(base.commit)}`;
}

export function short(objectId: string): string {
  return objectId.slice(0, 10);
}

const choiceWords: Record<Choice, string> = {
  allow_once: "allowed once",
  allow_for_job: "allowed for this job",
  deny: "denied",
  merge: "merge",
  discard: "discard",
  change: "changes wanted",
  keep_text: "go on with the accepted text",
  take_text: "go on with the new text",
  stop: "stop",
};

function renderSettlement(settlement: Settlement): string {
  switch (settlement.type) {
    case "chosen":
      return `▸ ${choiceWords[settlement.choice]}, says ${printable(settlement.by.name)}`;
    case "expired":
      return "▸ the question expired";
    case "void":
      return `▸ the question no longer stands: ${printable(settlement.reason)}`;
  }
}

function renderProgress(event: EngineEvent): string[] {
  if (event.type !== "action" || event.phase !== "completed") return [];
  return [`  ${event.ok === false ? "✗" : "·"} ${clipped(event.title, 160)}`];
}

function labelOf(state: JobState, stepId: string): string {
  return state.steps.find((step) => step.id === stepId)?.label ?? stepId;
}
