import type { Queue } from "bullmq";
import { z } from "zod";
import type { Schedule } from "../../core/schedule.ts";

/** What an entry of a schedule queue says: whose time has come. Its words are read when it comes. */
export const Firing = z.object({
  schedule: z.string(),
  /** Of a single time; a repeated one is told by BullMQ. */
  dueAt: z.iso.datetime().optional(),
});
export type Firing = z.infer<typeof Firing>;

/** A single time that nobody was there for is made up for this long afterwards. */
const madeUpForMs = 7 * 24 * 3_600_000;

/**
 * Makes Redis hold exactly these schedules of one project. What stands there already is left alone: a time that came
 * while nobody was at work waits in it, and to arrange it anew would lose it.
 */
export async function arrange(queue: Queue, schedules: Readonly<Record<string, Schedule>>): Promise<void> {
  const standing = await queue.getJobSchedulers(0, -1, true);
  for (const { key } of standing) {
    if (schedules[key]?.cron === undefined) await queue.removeJobScheduler(key);
  }
  for (const [name, { cron, timezone }] of Object.entries(schedules)) {
    if (cron === undefined) continue;
    const isThere = standing.some(({ key, pattern, tz }) => key === name && pattern === cron && tz === timezone);
    if (isThere) continue;
    const firing: Firing = { schedule: name };
    await queue.upsertJobScheduler(name, { pattern: cron, ...(timezone && { tz: timezone }) }, { name, data: firing });
  }
  await arrangeSingle(queue, schedules);
}

async function arrangeSingle(queue: Queue, schedules: Readonly<Record<string, Schedule>>): Promise<void> {
  const wanted = Object.entries(schedules).flatMap(([schedule, { at }]) =>
    at === undefined ? [] : [{ schedule, dueAt: new Date(at).toISOString() }],
  );
  const ids = wanted.map(singleId);
  for (const entry of await queue.getDelayed()) {
    const isSingle = Firing.safeParse(entry.data).data?.dueAt !== undefined;
    if (isSingle && !ids.includes(entry.id ?? "")) await entry.remove();
  }
  for (const firing of wanted) {
    const delay = Date.parse(firing.dueAt) - Date.now();
    if (delay < -madeUpForMs) continue;
    // Kept when it is done, so that a time which has come does not come again with every start.
    await queue.add(firing.schedule, firing, {
      jobId: singleId(firing),
      delay: Math.max(0, delay),
      removeOnComplete: false,
    });
  }
}

function singleId({ schedule, dueAt }: Required<Firing>): string {
  return `at-${schedule}-${Date.parse(dueAt)}`;
}
