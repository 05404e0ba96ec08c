import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { JobId } from "../core/task.ts";
import { jobFiles } from "./job-files.ts";

/**
 * Takes away what a killed git left in a job's two repositories: `index.lock` and its like, which make every later
 * command fail. The caller knows that nothing of the job runs.
 */
export async function unlockJob(home: string, jobId: JobId): Promise<string[]> {
  const { repository, harness } = jobFiles(home, jobId);
  const found = await Promise.all([repository, harness].map(locksIn));
  const locks = found.flat();
  await Promise.all(locks.map((path) => rm(path, { force: true })));
  return locks;
}

async function locksIn(repository: string): Promise<string[]> {
  const names = await readdir(repository, { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith(".lock")).map((name) => join(repository, name));
}
