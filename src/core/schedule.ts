import { z } from "zod";
import { JobId, ProjectName, Submission } from "./task.ts";

/** A schedule's name is part of request ids and of what people read, so its alphabet is narrow. */
export const ScheduleName = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

/** A task that is ordered by itself: again and again by `cron` in a time zone, or once at a time. */
export const Schedule = z
  .strictObject({
    project: ProjectName,
    text: Submission.shape.text,
    /** Minute, hour, day of the month, month, day of the week; a sixth field in front of them counts seconds. */
    cron: z
      .string()
      .regex(/^\s*\S+(\s+\S+){4,5}\s*$/, 'write five fields, "minute hour day month weekday", as in "0 3 * * 1-5"')
      .optional(),
    /** Of the IANA database. What is said of hours means little without it. */
    timezone: z
      .string()
      .refine(isTimeZone, "is no time zone; write one of the IANA database, as in Europe/Berlin or UTC")
      .optional(),
    at: z.iso
      .datetime({ offset: true, error: "write a time with its offset, as in 2026-12-01T09:00:00+01:00" })
      .optional(),
  })
  .superRefine(({ cron, at, timezone }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (cron === undefined && at === undefined) refuse("cron", "is missing; write cron and timezone, or at");
    if (cron !== undefined && at !== undefined) refuse("at", "cannot stand beside cron; make two schedules of them");
    if (cron !== undefined && timezone === undefined) {
      refuse("timezone", "is missing; write the time zone that the hours are meant in, as in Europe/Berlin");
    }
    if (at !== undefined && timezone !== undefined) refuse("timezone", "says nothing beside at, which has its offset");
  });
export type Schedule = z.infer<typeof Schedule>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What became of the newest time of a schedule. */
export const ScheduleRun = z.object({
  dueAt: z.iso.datetime(),
  /** The job that was ordered, or the one whose work was not over yet, for which this time was left out. */
  jobId: JobId,
  outcome: z.enum(["ordered", "left_out"]),
});
export type ScheduleRun = z.infer<typeof ScheduleRun>;

/** Later than this, a time was missed and not only met by a busy machine. */
const punctualMs = 60_000;

/** Whoever a scheduled order comes from, as cards and terminals name it. A time that was missed is said. */
export function scheduleWords(
  name: string,
  { timezone = "UTC" }: Pick<Schedule, "timezone">,
  dueMs: number,
  nowMs: number,
): string {
  if (nowMs - dueMs <= punctualMs) return `schedule ${name}`;
  const due = new Date(dueMs).toLocaleString("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "short" });
  return `schedule ${name}, missed at ${due} ${timezone}`;
}

/** The same time of the same schedule is the same request, whoever notices it and however often. */
export function scheduleRequestId(name: string, { project }: Pick<Schedule, "project">, dueMs: number): string {
  return `${project}/${name}/${new Date(dueMs).toISOString()}`;
}
