import { getNextMillis } from "bullmq";
import type { Config } from "../core/config.ts";
import type { Schedule } from "../core/schedule.ts";

/** The next time of a schedule after `afterMs`, in milliseconds since 1970, by the arithmetic that BullMQ fires by. */
export function nextTime({ cron, timezone, at }: Schedule, afterMs: number): number | undefined {
  if (cron !== undefined) return getNextMillis(afterMs, { pattern: cron, ...(timezone && { tz: timezone }) });
  const onceMs = at === undefined ? Number.NaN : Date.parse(at);
  return onceMs > afterMs ? onceMs : undefined;
}

/** What is wrong with the times of schedules and no schema can see, each with its place and its remedy. */
export function cronFlaws(schedules: Config["schedules"]): string[] {
  return Object.entries(schedules).flatMap(([name, schedule]) => {
    const flaw = flawOfCron(schedule);
    return flaw === undefined ? [] : [`schedules.${name}.cron: ${flaw}`];
  });
}

function flawOfCron(schedule: Schedule): string | undefined {
  const { cron } = schedule;
  if (cron === undefined) return undefined;
  try {
    if (nextTime(schedule, Date.now()) !== undefined) return undefined;
    return `"${cron}" never comes. Write a time that does, as in "0 3 * * 1-5".`;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
    return `"${cron}" cannot be read (${reason}). Write minute, hour, day, month and weekday, as in "0 3 * * 1-5".`;
  }
}
