import { isTerminal, type JobState } from "../core/job.ts";
import { JobId } from "../core/task.ts";
import { git } from "../platform/git.ts";
import { readHomeId } from "../platform/home-id.ts";
import { placesOf } from "../platform/places.ts";
import { type OpenProject, openProject, refs } from "./projects.ts";
import { readJobs, type Surroundings } from "./survey.ts";

interface KeptWork {
  readonly jobId: JobId;
  readonly commit: string;
  /** Milliseconds since 1970. The harness makes these commits, so no agent chose their time. */
  readonly committedAt: number;
}

/** When work that was not merged began to age: at its job's end, or where the ledger is gone, when it was kept. */
function agesSince({ committedAt }: KeptWork, job: JobState | undefined): number {
  return job?.endedAt === undefined ? committedAt : Date.parse(job.endedAt);
}

/**
 * Removes the recovery refs of work that nobody wanted back for so long; git collects it later. A job that has not ended
 * keeps its own, and so does one whose ledger was altered, as nothing says whether it has; one of another home is left to
 * that home. Answers with the jobs they belonged to.
 */
export async function ageRecoveryRefs(
  place: Surroundings,
  { keptForMs, isTrial }: { keptForMs: number; isTrial: boolean },
  signal: AbortSignal,
): Promise<JobId[]> {
  const { jobs, damaged } = await readJobs(place.home);
  const untold = new Set(damaged.map(({ jobId }) => jobId));
  const aged: JobId[] = [];
  for (const name of Object.keys(place.config.projects)) {
    const project = await openProject(place.config, name, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (project === undefined) continue;
    const before = Date.now() - keptForMs;
    const isOld = (work: KeptWork) => agesSince(work, jobs.get(work.jobId)) <= before;
    const old = (await keptWork(project, signal)).filter(isOld);
    const foreign = await foreignJobs(
      place,
      old.map(({ jobId }) => jobId).filter((jobId) => !jobs.has(jobId)),
    );
    for (const { jobId, commit } of old) {
      const job = jobs.get(jobId);
      if (foreign.has(jobId) || untold.has(jobId) || (job !== undefined && !isTerminal(job.status))) continue;
      aged.push(jobId);
      if (isTrial) continue;
      await git(["update-ref", "-d", refs.recovery(jobId), commit], { cwd: project.mainPath }, signal);
    }
  }
  return aged;
}

async function keptWork(project: OpenProject, signal: AbortSignal): Promise<KeptWork[]> {
  const prefix = refs.recovery("");
  const format = "--format=%(refname)%00%(objectname)%00%(committerdate:unix)";
  const listing = await git(["for-each-ref", format, prefix], { cwd: project.mainPath }, signal);
  return listing.split("\n").flatMap((line) => {
    const [ref = "", commit = "", seconds = ""] = line.split("\0");
    const jobId = JobId.safeParse(ref.slice(prefix.length));
    return jobId.success && seconds !== "" ? [{ jobId: jobId.data, commit, committedAt: Number(seconds) * 1_000 }] : [];
  });
}

async function foreignJobs({ home, redis }: Surroundings, jobIds: readonly JobId[]): Promise<ReadonlySet<JobId>> {
  const ours = await readHomeId(home);
  const places = await placesOf(redis, jobIds);
  return new Set(jobIds.filter((jobId) => ![undefined, ours].includes(places.get(jobId)?.home)));
}
