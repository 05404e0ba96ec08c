import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Config } from "../core/config.ts";
import { sentenceOf } from "../core/error.ts";
import { fold, isTerminal, JobState } from "../core/job.ts";
import { keys } from "../core/queue.ts";
import { JobId } from "../core/task.ts";
import { readIntact } from "../platform/ledger-file.ts";
import { jobFiles } from "./job-files.ts";
import { openProject, pinnedJobs } from "./projects.ts";

/** Something that is not as the ledgers say. */
export const Finding = z.object({
  jobId: JobId.optional(),
  project: z.string().optional(),
  /** Whether a daemon puts it right when it recovers. */
  isMendable: z.boolean(),
  sentence: z.string(),
});
export type Finding = Readonly<z.infer<typeof Finding>>;

export interface Surroundings {
  readonly config: Config;
  readonly home: string;
  readonly redis: Redis;
}

/** The jobs of a home as their ledgers tell them, and what was altered in those. */
export async function readJobs(home: string): Promise<{ jobs: ReadonlyMap<JobId, JobState>; damaged: Finding[] }> {
  const names = await readdir(join(home, "jobs")).catch(() => []);
  const jobs = new Map<JobId, JobState>();
  const damaged: Finding[] = [];
  for (const jobId of names.filter((name) => JobId.safeParse(name).success)) {
    const { job, damage } = await readJob(home, jobId);
    if (damage !== undefined) damaged.push(damage);
    if (job !== undefined) jobs.set(jobId, job);
  }
  return { jobs, damaged };
}

/** One job as its ledger tells it, or what was altered there; neither where there is no ledger. */
export async function readJob(home: string, jobId: JobId): Promise<{ job?: JobState; damage?: Finding }> {
  const { entries, damage } = await readIntact(jobFiles(home, jobId).ledger);
  if (damage !== undefined) return { damage: { jobId, isMendable: false, sentence: damage.message } };
  const job = entries.reduce<JobState | undefined>(fold, undefined);
  return job === undefined ? {} : { job };
}

/** Compares ledgers with Redis, with the projects' refs and with the folders beside main. Changes nothing. */
export async function survey(place: Surroundings, signal: AbortSignal): Promise<Finding[]> {
  const { jobs, damaged } = await readJobs(place.home);
  const copies = await Promise.all(Array.from(jobs.values(), (job) => compareCopy(place.redis, job)));
  const projects = await Promise.all(
    Object.keys(place.config.projects).map((name) => surveyProject(place, name, jobs, signal)),
  );
  return [...damaged, ...copies.flat(), ...projects.flat()];
}

const Copy = JobState.pick({ sequence: true, status: true });

async function compareCopy(redis: Redis, { id, sequence }: JobState): Promise<Finding[]> {
  const text = await redis.get(keys.job(id));
  if (text === null) return [{ jobId: id, isMendable: true, sentence: "Redis does not know this job." }];
  const copy = Copy.parse(JSON.parse(text));
  if (copy.sequence >= sequence) return [];
  const sentence = `Redis shows entry ${copy.sequence} of ${sequence}; it is ${copy.status} there.`;
  return [{ jobId: id, isMendable: true, sentence }];
}

async function surveyProject(
  { config }: Surroundings,
  name: string,
  jobs: ReadonlyMap<JobId, JobState>,
  signal: AbortSignal,
): Promise<Finding[]> {
  try {
    const project = await openProject(config, name, signal);
    const isOpen = (jobId: JobId) => jobs.has(jobId) && !isTerminal(jobs.get(jobId)?.status ?? "done");
    const pinned = (await pinnedJobs(project, signal)).filter((jobId) => !isOpen(jobId));
    const folders = (await readdir(project.baseDir)).filter((folder) => {
      const [, jobId] = /^task-([a-z0-9]{8})$/.exec(folder) ?? [];
      return jobId !== undefined && !isOpen(jobId);
    });
    return [
      ...pinned.map((jobId) => ({
        jobId,
        isMendable: jobs.has(jobId),
        sentence: `It is not open, and its base commit is still kept in "${name}".`,
      })),
      ...folders.map((folder) => ({
        project: name,
        isMendable: jobs.has(folder.slice(5, 13)),
        sentence: `${join(project.baseDir, folder)} belongs to no open job of this home.`,
      })),
    ];
  } catch (error) {
    signal.throwIfAborted();
    return [{ project: name, isMendable: false, sentence: sentenceOf(error).sentence }];
  }
}
