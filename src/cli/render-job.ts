import { formatDuration } from "../core/duration.ts";
import { type JobState, pendingApprovals } from "../core/job.ts";
import { clipped, printable } from "./printable.ts";
import {
  baseWords,
  branchOf,
  renderCheck,
  renderQuestion,
  renderRemarks,
  renderStep,
  short,
  statLine,
} from "./render-event.ts";
import { type Whereabouts, whereWords } from "./whereabouts.ts";

/** Everything there is to know about one job, from its task to what to type next. */
export function renderJob(job: JobState, now: Date): string {
  return [
    `${job.id}  ${statusWords(job)}  ${job.submission.project}  ${lasted(job, now)}`,
    `task: ${clipped(job.submission.text, 500)}`,
    `ordered by ${printable(job.submission.requestedBy.name)}${baseWords(job.base)}`,
    ...(job.stepCount > job.steps.length ? [`… ${job.stepCount - job.steps.length} steps before these`] : []),
    ...job.steps.map((step) => renderStep(step.outcome, step.label, step.detail ?? runningProgress(step))),
    ...evidence(job),
    ...pendingApprovals(job).flatMap(({ subject }) => renderQuestion(subject)),
    ...nextWords(job),
  ].join("\n");
}

/** What was measured on the candidate; the orchestrator's words stand apart from it, marked as a claim. */
function evidence(job: JobState): string[] {
  return [
    ...(job.claim === undefined ? [] : [`it says: ${clipped(job.claim, 500)}`]),
    ...(job.candidate === undefined ? [] : [statLine(job.candidate.stat), ...renderRemarks(job.candidate.remarks)]),
    ...job.checks.flatMap(renderCheck),
    ...(job.accepted === undefined ? [] : [`branch: ${branchOf(job.accepted.ref)}`]),
    ...(job.mergedCommit === undefined ? [] : [`merged: ${short(job.mergedCommit)}`]),
    ...(job.reason === undefined ? [] : [`reason: ${printable(job.reason)}`]),
    `spent: ${spentWords(job)}`,
  ];
}

export function spentWords({ spent }: JobState): string {
  const tokens = spent.inputTokens + spent.outputTokens;
  return spent.usd > 0 ? `${tokens} tokens, ${spent.usd.toFixed(2)} USD` : `${tokens} tokens`;
}

/** What a person may type about this job now. */
export function nextWords(job: JobState): string[] {
  const [question] = pendingApprovals(job);
  if (question?.subject.type === "merge") {
    return [
      `next: chargehand diff ${job.id}, then chargehand merge ${job.id}, change ${job.id} "…" or discard ${job.id}`,
    ];
  }
  if (question?.subject.type === "task_changed") {
    return [`next: chargehand keep ${job.id}, take ${job.id} or cancel ${job.id}; the issue was changed`];
  }
  if (question?.subject.type === "command") return [`next: chargehand approve ${job.id} or chargehand deny ${job.id}`];
  return [];
}

/** One line per job, newest first; where there are several homes, with the one that has it. */
export function renderJobs(jobs: readonly JobState[], now: Date, where?: Whereabouts): string {
  const rows = jobs.map((job) => [
    job.id,
    statusWords(job),
    job.submission.project,
    lasted(job, now),
    ...(where?.areSeveral ? [whereWords(where.of(job.id))] : []),
    clipped(job.submission.text, 60),
  ]);
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const widths = (rows[0] ?? []).map((_, column) => widthOf(column));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The status as people say it: `done` alone does not tell a merge from a discard. */
export function statusWords(job: JobState): string {
  if (job.outcome !== undefined) return job.outcome;
  const [question] = pendingApprovals(job);
  if (job.status === "awaiting_approval" && question !== undefined)
    return `asks (${question.subject.type.replaceAll("_", " ")})`;
  return job.status.replaceAll("_", " ");
}

function lasted(job: JobState, now: Date): string {
  const until = job.endedAt === undefined ? now : new Date(job.endedAt);
  return formatDuration(until.getTime() - Date.parse(job.queuedAt));
}

function runningProgress({ outcome, progress }: JobState["steps"][number]): string | undefined {
  return outcome === "running" ? progress : undefined;
}
