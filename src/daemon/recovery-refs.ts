import { JobId } from "../core/task.ts";
import { git } from "../platform/git.ts";
import { readHomeId } from "../platform/home-id.ts";
import { placesOf } from "../platform/places.ts";
import { type OpenProject, openProject, refs } from "./projects.ts";
import { readJob, type Surroundings } from "./survey.ts";

interface KeptWork {
  readonly jobId: JobId;
  readonly commit: string;
  /** Milliseconds since 1970. The harness makes what these refs name, so no agent chose their time. */
  readonly keptAt: number;
}

/**
 * Removes the recovery refs of work that nobody wanted back for so long; git collects it later. Answers with the jobs they
 * belonged to.
 */
export async function ageRecoveryRefs(
  place: Surroundings,
  { keptForMs, isTrial }: { keptForMs: number; isTrial: boolean },
  signal: AbortSignal,
): Promise<JobId[]> {
  const before = Date.now() - keptForMs;
  const aged: JobId[] = [];
  for (const name of Object.keys(place.config.projects)) {
    const project = await openProject(place.config, name, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (project === undefined) continue;
    for (const work of await keptWork(project, signal)) {
      if (!(await isAged(place, work, before))) continue;
      aged.push(work.jobId);
      if (isTrial) continue;
      await git(["update-ref", "-d", refs.recovery(work.jobId), work.commit], { cwd: project.mainPath }, signal);
    }
  }
  return aged;
}

/**
 * Work ages from its job's end, or where the ledger is gone, from when it was kept. A job that has not ended keeps its own,
 * and so does one whose ledger was altered, as nothing says whether it has; one of another home is left to that home.
 */
async function isAged({ home, redis }: Surroundings, work: KeptWork, before: number): Promise<boolean> {
  const { job, damage } = await readJob(home, work.jobId);
  if (damage !== undefined) return false;
  if (job !== undefined) return job.endedAt !== undefined && Date.parse(job.endedAt) <= before;
  if (work.keptAt > before) return false;
  const owner = (await placesOf(redis, [work.jobId])).get(work.jobId)?.home;
  return owner === undefined || owner === (await readHomeId(home));
}

async function keptWork(project: OpenProject, signal: AbortSignal): Promise<KeptWork[]> {
  const prefix = refs.recovery("");
  const format = "--format=%(refname)%00%(objectname)%00%(creatordate:unix)";
  const listing = await git(["for-each-ref", format, prefix], { cwd: project.mainPath }, signal);
  return listing.split("\n").flatMap((line) => {
    const [ref = "", commit = "", seconds = ""] = line.split("\0");
    const jobId = JobId.safeParse(ref.slice(prefix.length));
    return jobId.success && seconds !== "" ? [{ jobId: jobId.data, commit, keptAt: Number(seconds) * 1_000 }] : [];
  });
}
