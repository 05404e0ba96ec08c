import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LedgerEntry } from "../core/event.ts";
import { artifacts } from "../core/evidence/artifacts.ts";
import { fold, type JobState } from "../core/job.ts";
import { JobId } from "../core/task.ts";
import { readIntact } from "./ledger-file.ts";

/** The jobs whose ledgers lie on this disk, as they tell it themselves. Nothing here writes, or needs a Redis. */
export interface KeptJobs {
  /** The folder of a job, whether or not it is there. */
  folder(jobId: JobId): string;
  ids(): Promise<JobId[]>;
  /** What a ledger says; of a damaged one as much as can be trusted, and then the job is blocked. */
  state(jobId: JobId): Promise<JobState | undefined>;
  entries(jobId: JobId): Promise<LedgerEntry[]>;
  patch(jobId: JobId): Promise<string | undefined>;
  report(jobId: JobId): Promise<string | undefined>;
}

export function keptJobs(home: string): KeptJobs {
  const folder = (jobId: JobId) => join(home, "jobs", jobId);
  const read = (jobId: JobId, name: string) => readFile(join(folder(jobId), name), "utf8").catch(() => undefined);
  return {
    folder,
    async ids() {
      const names = await readdir(join(home, "jobs")).catch(() => []);
      return names.filter((name) => JobId.safeParse(name).success);
    },
    async state(jobId) {
      const { entries, damage } = await readIntact(join(folder(jobId), artifacts.ledger));
      const state = entries.reduce<JobState | undefined>(fold, undefined);
      return state === undefined || damage === undefined
        ? state
        : { ...state, status: "blocked", reason: damage.message };
    },
    async entries(jobId) {
      return (await readIntact(join(folder(jobId), artifacts.ledger))).entries;
    },
    patch: (jobId) => read(jobId, artifacts.patch),
    report: (jobId) => read(jobId, artifacts.report),
  };
}
