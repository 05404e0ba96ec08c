import { formatDuration } from "../../core/duration.ts";
import type { JobState } from "../../core/job.ts";
import type { DiffStat } from "../../core/measurement.ts";

/** How long a job has been at it: from its start, or from its order while nobody has begun, to its end or to now. */
export function elapsed(job: JobState, now: number): string {
  const end = job.endedAt === undefined ? now : Date.parse(job.endedAt);
  return formatDuration(end - Date.parse(job.startedAt ?? job.queuedAt));
}

/** `3m · $0.08`: time to the minute, so that a list does not change only because a second went by. */
export function briefExpense(job: JobState, now: number): string {
  const seconds = (now - Date.parse(job.startedAt ?? job.queuedAt)) / 1_000;
  const time = seconds < 60 ? "<1m" : formatDuration(Math.floor(seconds / 60) * 60_000);
  return [time, job.spent.usd >= 0.005 && dollars(job.spent.usd)].filter(Boolean).join(" · ");
}

/** `12.4k tokens · $0.08`, or what of it is known. */
export function spending({ spent }: JobState): string | undefined {
  const tokens = spent.inputTokens + spent.outputTokens;
  const parts = [tokens > 0 && `${shortCount(tokens)} tokens`, spent.usd > 0 && dollars(spent.usd)];
  return parts.filter(Boolean).join(" · ") || undefined;
}

export function diffFigures({ files, insertions, deletions }: DiffStat): string {
  return `${files} ${files === 1 ? "file" : "files"} changed, +${insertions} −${deletions}`;
}

/** Short runs to a tenth of a second: checks are often faster than one. */
export function runTime(durationMs: number): string {
  return durationMs < 10_000 ? `${(durationMs / 1_000).toFixed(1)}s` : formatDuration(durationMs);
}

export function shortCommit(commit: string): string {
  return commit.slice(0, 7);
}

function shortCount(count: number): string {
  if (count < 1_000) return `${count}`;
  return count < 999_950 ? `${(count / 1_000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

function dollars(usd: number): string {
  return usd < 0.01 ? "under $0.01" : `$${usd.toFixed(2)}`;
}
