import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { AppError } from "../../core/error.ts";
import { isTerminal } from "../../core/job.ts";
import { keys } from "../../core/queue.ts";
import { type Schedule, ScheduleRun, scheduleRequestId, scheduleWords } from "../../core/schedule.ts";
import type { ChatPlace, JobId } from "../../core/task.ts";
import type { JobDesk } from "../../platform/job-desk.ts";

export interface FireDeps {
  readonly desk: Pick<JobDesk, "submit" | "job">;
  readonly redis: Redis;
  readonly log: Logger;
  readonly card: ChatPlace | undefined;
}

/**
 * Orders what a schedule asks for at one of its times. While the job of the time before has not ended, this one is left
 * out: it would begin from the same commit and do the same work again.
 */
export async function fire(deps: FireDeps, name: string, schedule: Schedule, dueMs: number): Promise<void> {
  const { redis, log } = deps;
  const { project } = schedule;
  const dueAt = new Date(dueMs).toISOString();
  const last = await lastRun(redis, project, name);
  if (last?.dueAt === dueAt) return;
  const busyWith = last === undefined ? undefined : await unfinished(deps, last.jobId);
  if (busyWith !== undefined) {
    log.warn({ schedule: name, dueAt, jobId: busyWith }, "a schedule's time is left out: its job before is not over");
    return keep(redis, project, name, { dueAt, jobId: busyWith, outcome: "left_out" });
  }
  const jobId = await order(deps, name, schedule, dueMs);
  if (jobId === undefined) return;
  log.info({ schedule: name, dueAt, jobId }, "a schedule's job is ordered");
  await keep(redis, project, name, { dueAt, jobId, outcome: "ordered" });
}

async function unfinished({ desk }: FireDeps, jobId: JobId): Promise<JobId | undefined> {
  const job = await desk.job(jobId);
  return job === undefined || isTerminal(job.status) ? undefined : jobId;
}

async function order(deps: FireDeps, name: string, schedule: Schedule, dueMs: number): Promise<JobId | undefined> {
  const { desk, log, card } = deps;
  const { project, text } = schedule;
  try {
    return await desk.submit({
      requestId: scheduleRequestId(name, schedule, dueMs),
      project,
      text,
      requestedBy: { kind: "schedule", id: name, name: scheduleWords(name, schedule, dueMs, Date.now()) },
      origin: { type: "schedule", name },
      ...(card && { card }),
    });
  } catch (err) {
    // Ordered before with other words, which were changed since. Whatever else it is, BullMQ tries it again.
    if (!(err instanceof AppError) || err.code !== "conflict") throw err;
    log.warn({ err, schedule: name }, "a schedule's time was ordered before, with other words");
    return undefined;
  }
}

/** The newest time of a schedule that was dealt with. */
export async function lastRun(redis: Redis, project: string, name: string): Promise<ScheduleRun | undefined> {
  const text = await redis.hget(keys.scheduleRuns(project), name);
  return text === null ? undefined : ScheduleRun.safeParse(JSON.parse(text)).data;
}

async function keep(redis: Redis, project: string, name: string, run: ScheduleRun): Promise<void> {
  await redis.hset(keys.scheduleRuns(project), name, JSON.stringify(run));
}
