import { rm } from "node:fs/promises";
import { isTerminal, type JobState } from "../core/job.ts";
import { keys } from "../core/queue.ts";
import type { JobId } from "../core/task.ts";
import { jobFiles } from "./job-files.ts";
import { forgetRef, openProject, pinnedJobs, refs } from "./projects.ts";
import { readJobs, type Surroundings } from "./survey.ts";

/** The ended jobs that are older than this, the oldest first. */
export function prunable(
  jobs: Iterable<JobState>,
  { olderThanMs, now }: { olderThanMs: number; now: number },
): JobState[] {
  const isOld = ({ status, endedAt }: JobState) =>
    isTerminal(status) && endedAt !== undefined && now - Date.parse(endedAt) >= olderThanMs;
  return [...jobs].filter(isOld).toSorted((one, other) => (one.endedAt ?? "").localeCompare(other.endedAt ?? ""));
}

/**
 * Removes ended jobs with their ledger and evidence, and the branch of what was merged: its commit is in the project's
 * history. What was not merged stays under its recovery ref until that has aged. A job whose place is not cleared yet is left alone.
 */
export async function prune(
  place: Surroundings,
  { olderThanMs, isTrial }: { olderThanMs: number; isTrial: boolean },
  signal: AbortSignal,
): Promise<JobId[]> {
  const { jobs } = await readJobs(place.home);
  const removed: JobId[] = [];
  for (const job of prunable(jobs.values(), { olderThanMs, now: Date.now() })) {
    const project = await openProject(place.config, job.submission.project, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (project !== undefined && (await pinnedJobs(project, signal)).includes(job.id)) continue;
    removed.push(job.id);
    if (isTrial) continue;
    if (project !== undefined && job.outcome === "merged") await forgetRef(project, refs.accepted(job.id), signal);
    // The ledger is the truth about a job: without it Redis must not speak of it either.
    await place.redis
      .multi()
      .del(keys.job(job.id), keys.patch(job.id), keys.place(job.id))
      .zrem(keys.jobs, job.id)
      .exec();
    await rm(jobFiles(place.home, job.id).directory, { recursive: true, force: true });
  }
  return removed;
}
