import { AppError } from "../core/error.ts";
import { type JobState, JobStatus } from "../core/job.ts";
import { Origin } from "../core/task.ts";
import type { CommandContext } from "./command-line.ts";
import type { DocumentOf } from "./documents.ts";
import { exitCodes } from "./exit-code.ts";
import type { LookOptions } from "./look.ts";
import { openReader } from "./reader.ts";
import { renderJobs } from "./render-job.ts";
import { findWhereabouts } from "./whereabouts.ts";

export interface ListOptions extends LookOptions {
  readonly status?: string;
  readonly project?: string;
  readonly origin?: string;
  /** Milliseconds since 1970. */
  readonly since?: number;
  readonly limit: number;
}

/** Jobs, the newest first: those that fit everything that was asked for. */
export async function list(context: CommandContext, options: ListOptions): Promise<number> {
  const fits = filterOf(options);
  await using reader = await openReader(context);
  const isFiltered = [options.status, options.project, options.origin, options.since].some((it) => it !== undefined);
  const jobs = await reader.jobs(isFiltered ? searched : options.limit);
  const shown = jobs.filter(fits).slice(0, options.limit);
  const where = await findWhereabouts(
    reader.session,
    shown.map(({ id }) => id),
  );
  const rows = shown.map((job) => ({ ...job, daemon: where.of(job.id) ?? null }));
  if (options.json) context.terminal.document(rows satisfies DocumentOf<"list">);
  else if (shown.length > 0) context.terminal.result(renderJobs(shown, new Date(), where));
  else context.terminal.note('There are no such jobs. Order one: chargehand run "…"');
  return exitCodes.ok;
}

/** How far back a filter looks. */
const searched = 10_000;

const origins = Origin.options.map(({ shape }) => shape.type.value);

function filterOf({ status, project, origin, since = 0 }: ListOptions): (job: JobState) => boolean {
  known("status", status, JobStatus.options);
  known("origin", origin, origins);
  return (job) =>
    (status === undefined || job.status === status) &&
    (project === undefined || job.submission.project === project) &&
    (origin === undefined || job.submission.origin.type === origin) &&
    Date.parse(job.queuedAt) >= since;
}

const plural = { status: "Statuses", origin: "Origins" } as const;

function known(what: keyof typeof plural, typed: string | undefined, words: readonly string[]): void {
  if (typed === undefined || words.includes(typed)) return;
  throw new AppError("bad-input", `There is no ${what} "${typed}". ${plural[what]}: ${words.join(", ")}.`);
}
