import type { Redis } from "ioredis";
import { HomeId, type Place } from "../core/home.ts";
import { keys } from "../core/queue.ts";
import { type JobId, ProjectName } from "../core/task.ts";

/** Notes the project of an order before it is given. Answers with the one that was noted first. */
export async function knowProject(redis: Redis, jobId: JobId, project: string): Promise<string | undefined> {
  const batch = redis.multi().sadd(keys.projects, project).hsetnx(keys.place(jobId), "project", project);
  await batch.exec();
  return ProjectName.optional().parse((await redis.hget(keys.place(jobId), "project")) ?? undefined);
}

/** Makes a job this home's, unless another one's it is already. Answers with the home that has it. */
export async function claimJob(redis: Redis, jobId: JobId, home: HomeId): Promise<HomeId> {
  await redis.hsetnx(keys.place(jobId), "home", home);
  return HomeId.parse(await redis.hget(keys.place(jobId), "home"));
}

export async function placesOf(redis: Redis, jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, Place>> {
  const rows = await Promise.all(jobIds.map((jobId) => redis.hmget(keys.place(jobId), "project", "home")));
  const read = ([project, home]: (string | null)[]): Place => ({
    project: ProjectName.safeParse(project).data,
    home: HomeId.safeParse(home).data,
  });
  return new Map(rows.map((row, index) => [jobIds[index] ?? "", read(row)]));
}

export async function projectsOrdered(redis: Redis): Promise<string[]> {
  const names = await redis.smembers(keys.projects);
  return names.filter((name) => ProjectName.safeParse(name).success).toSorted();
}
