import type { Redis } from "ioredis";
import type { LedgerEntry } from "../core/event.ts";
import { fold, isTerminal, type JobState } from "../core/job.ts";
import { keys } from "../core/queue.ts";
import type { JobId } from "../core/task.ts";
import { followEntries, type JobDesk } from "../platform/job-desk.ts";

/** The newest place in the stream. Taken before an order is given, nothing of the job can be missed. */
export async function newestCursor(redis: Redis): Promise<string> {
  const [newest] = await redis.xrevrange(keys.events, "+", "-", "COUNT", 1);
  return newest?.[0] ?? "0-0";
}

export interface FollowJobOptions {
  readonly desk: JobDesk;
  /** A connection of its own: the blocking read holds it. */
  readonly follower: Redis;
  readonly cursor: string;
  readonly jobId: JobId;
  /** The state that is known already; entries it holds are passed over. */
  readonly known: JobState | undefined;
}

export interface JobNews {
  readonly state: JobState;
  readonly entry: LedgerEntry;
}

/** What happens to one job from here on, each entry with the state after it, until the job has ended. */
export async function* followJob(options: FollowJobOptions, signal: AbortSignal): AsyncGenerator<JobNews> {
  const { desk, follower, cursor, jobId } = options;
  let state = options.known;
  if (state !== undefined && isTerminal(state.status)) return;
  for await (const { entry } of followEntries(follower, cursor, signal)) {
    if (entry.jobId !== jobId || entry.sequence <= (state?.sequence ?? 0)) continue;
    const isNext = entry.sequence === (state?.sequence ?? 0) + 1;
    // A gap means that the stream was cut or Redis was rebuilt: the kept copy knows better than a wrong fold.
    state = isNext ? fold(state, entry) : await desk.job(jobId);
    if (state === undefined) continue;
    yield { state, entry };
    if (isTerminal(state.status)) return;
  }
}
