import { formatDuration } from "../core/duration.ts";
import { keys } from "../core/queue.ts";
import { ScheduleRun } from "../core/schedule.ts";
import type { OpenOrder } from "../core/task.ts";
import { loadConfig } from "../platform/config-file.ts";
import { nextTime } from "../platform/next-time.ts";
import type { CommandContext } from "./command-line.ts";
import type { DocumentOf, ScheduleRow } from "./documents.ts";
import { exitCodes } from "./exit-code.ts";
import type { LookOptions } from "./look.ts";
import { clipped } from "./printable.ts";
import { openSession, readSettings, type Session } from "./session.ts";

/** What is ordered by itself, when next, and what became of the last time; and the orders that are due later. */
export async function schedules(context: CommandContext, { json }: LookOptions): Promise<number> {
  const { environment, directory } = readSettings(context);
  const config = loadConfig(environment, directory);
  await using session = await openSession(context);
  const rows = await Promise.all(
    Object.entries(config.schedules).map(async ([name, schedule]): Promise<ScheduleRow> => {
      const next = nextTime(schedule, Date.now());
      return {
        name,
        project: schedule.project,
        text: schedule.text,
        when: schedule.cron === undefined ? `once at ${schedule.at}` : `${schedule.cron} ${schedule.timezone}`,
        nextAt: next === undefined ? null : new Date(next).toISOString(),
        last: await lastRunOf(session, schedule.project, name),
      };
    }),
  );
  const orders = (await session.desk.orders()).filter(({ dueAt }) => dueAt !== undefined);
  if (json) context.terminal.document({ schedules: rows, orders } satisfies DocumentOf<"schedules">);
  else
    context.terminal.result([...rows.map(rowWords), ...orders.map(orderWords)].join("\n") || "Nothing is scheduled.");
  return exitCodes.ok;
}

async function lastRunOf({ redis }: Session, project: string, name: string): Promise<ScheduleRun | null> {
  const text = await redis.hget(keys.scheduleRuns(project), name);
  return text === null ? null : (ScheduleRun.safeParse(JSON.parse(text)).data ?? null);
}

function rowWords({ name, project, text, when, nextAt, last }: ScheduleRow): string {
  const next = nextAt === null ? "does not come any more" : `next ${dueWords(nextAt)}`;
  return [`${name}  ${project}  ${when}  ${next}`, `  task: ${clipped(text, 100)}`, ...lastWords(last)].join("\n");
}

function lastWords(last: ScheduleRun | null): string[] {
  if (last === null) return [];
  const { dueAt, jobId, outcome } = last;
  return [`  last: ${dueAt} ${outcome === "ordered" ? `job ${jobId}` : `left out, job ${jobId} was not over`}`];
}

function orderWords({ jobId, project, text, dueAt = "", isCancelled }: OpenOrder): string {
  return `${jobId}  ${project}  ${isCancelled ? "cancelled" : dueWords(dueAt)}  ${clipped(text, 60)}`;
}

/** `2026-12-01T08:00:00.000Z (in 3h 2m)` */
export function dueWords(at: string): string {
  return `${at} (in ${formatDuration(Date.parse(at) - Date.now())})`;
}
