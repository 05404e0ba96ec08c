import type { Redis } from "ioredis";
import { JobState, type JobStatus } from "../core/job.ts";
import { keys } from "../core/queue.ts";
import type { JobId, Origin } from "../core/task.ts";

export interface JobFilter {
  readonly status?: JobStatus | undefined;
  readonly project?: string | undefined;
  readonly origin?: Origin["type"] | undefined;
}

/** A place in the list of jobs: behind this one. */
export interface JobPlace {
  readonly queuedAtMs: number;
  readonly jobId: JobId;
}

export interface JobPage {
  readonly jobs: readonly JobState[];
  /** Where the next page begins; absent when this is the last. */
  readonly next?: JobPlace;
}

/** How many jobs are looked at for one page at most: a filter that fits nothing may not read everything. */
const mostLookedAt = 2_000;
const chunkLength = 100;

/**
 * A page of jobs, newest first. Jobs that are queued while somebody turns the pages change nothing on the later ones. A
 * page may hold fewer than `limit`, or none, and still have a next one.
 */
export async function jobPage(
  redis: Redis,
  { filter, limit, after }: { filter: JobFilter; limit: number; after?: JobPlace | undefined },
): Promise<JobPage> {
  const jobs: JobState[] = [];
  const newest = after?.queuedAtMs ?? "+inf";
  for (let offset = 0; offset < mostLookedAt; offset += chunkLength) {
    const flat = await redis.zrevrangebyscore(keys.jobs, newest, "-inf", "WITHSCORES", "LIMIT", offset, chunkLength);
    const places = inPairs(flat).filter((place) => after === undefined || isBehind(place, after));
    const states = await readStates(redis, places);
    for (const [index, place] of places.entries()) {
      const state = states[index];
      if (state !== undefined && fits(state, filter)) jobs.push(state);
      if (jobs.length === limit || (offset + chunkLength >= mostLookedAt && index === places.length - 1)) {
        return { jobs, next: place };
      }
    }
    if (flat.length < 2 * chunkLength) break;
  }
  return { jobs };
}

/** Redis orders by time and, where that is the same, by the id: here both from the greatest down. */
function isBehind({ queuedAtMs, jobId }: JobPlace, after: JobPlace): boolean {
  return queuedAtMs < after.queuedAtMs || (queuedAtMs === after.queuedAtMs && jobId < after.jobId);
}

function inPairs(flat: readonly string[]): JobPlace[] {
  return flat.flatMap((jobId, index) => (index % 2 === 0 ? [{ jobId, queuedAtMs: Number(flat[index + 1]) }] : []));
}

/** A copy that another version wrote, and that this one cannot read, is left out; the others are still worth showing. */
async function readStates(redis: Redis, places: readonly JobPlace[]): Promise<(JobState | undefined)[]> {
  if (places.length === 0) return [];
  const texts = await redis.mget(places.map(({ jobId }) => keys.job(jobId)));
  return texts.map((text) => (text === null ? undefined : JobState.safeParse(JSON.parse(text)).data));
}

function fits({ status, submission }: JobState, wanted: JobFilter): boolean {
  return (
    (wanted.status === undefined || wanted.status === status) &&
    (wanted.project === undefined || wanted.project === submission.project) &&
    (wanted.origin === undefined || wanted.origin === submission.origin.type)
  );
}
