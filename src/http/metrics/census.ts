import type { Redis } from "ioredis";
import { z } from "zod";
import { ApprovalSubject } from "../../core/approval.ts";
import { isTerminal, JobStatus } from "../../core/job.ts";
import { keys } from "../../core/queue.ts";
import { type JobId, ProjectName } from "../../core/task.ts";

/** What questions can be about. */
export const SubjectType = z.enum(ApprovalSubject.options.map(({ shape }) => shape.type.value));
type SubjectType = z.infer<typeof SubjectType>;

/** What is counted of a job. */
export interface Counted {
  readonly project: string;
  readonly status: JobStatus;
  /** What its open questions are about. */
  readonly waiting: readonly SubjectType[];
}

/** A copy that another version wrote, and that this one cannot read whole, may still be counted. */
const KeptJob = z
  .object({
    status: JobStatus,
    submission: z.object({ project: ProjectName }),
    approvals: z.array(
      z.object({
        approval: z.object({ subject: z.object({ type: SubjectType }) }),
        settlement: z.unknown().optional(),
      }),
    ),
  })
  .transform(
    ({ status, submission: { project }, approvals }): Counted => ({
      project,
      status,
      // The end of a job is the end of its questions, too.
      waiting: isTerminal(status)
        ? []
        : approvals.filter(({ settlement }) => settlement === undefined).map(({ approval }) => approval.subject.type),
    }),
  );

const chunkLength = 100;

/** Counts the jobs that Redis shows. One that has ended does not change any more and is read once. */
export class JobCensus {
  readonly #redis: Redis;
  #ended: ReadonlyMap<JobId, Counted> = new Map();

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async take(): Promise<Counted[]> {
    const counted = new Map<JobId, Counted>();
    const unread: JobId[] = [];
    for (const jobId of await this.#redis.zrevrange(keys.jobs, 0, -1)) {
      const ended = this.#ended.get(jobId);
      if (ended === undefined) unread.push(jobId);
      else counted.set(jobId, ended);
    }
    for (let first = 0; first < unread.length; first += chunkLength) {
      for (const [jobId, job] of await this.#read(unread.slice(first, first + chunkLength))) counted.set(jobId, job);
    }
    this.#ended = new Map(counted.entries().filter(([, { status }]) => isTerminal(status)));
    return Array.from(counted.values());
  }

  async #read(jobIds: readonly JobId[]): Promise<[JobId, Counted][]> {
    const texts = await this.#redis.mget(jobIds.map(keys.job));
    return jobIds.flatMap((jobId, index) => {
      const job = KeptJob.safeParse(JSON.parse(texts[index] ?? "null")).data;
      return job === undefined ? [] : [[jobId, job] as [JobId, Counted]];
    });
  }
}
