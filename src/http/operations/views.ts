import { z } from "zod";
import { JobState, JobStatus } from "../../core/job.ts";
import { JobId, Origin, type Person, ProjectName } from "../../core/task.ts";

/** Whoever holds the token: it is one for all, so nobody is told from another. */
export const tokenHolder: Person = { kind: "http", id: "token", name: "HTTP" };

export const OriginType = z.enum(Origin.options.map(({ shape }) => shape.type.value));

/** What is asked about one job. */
export const JobPath = z.object({ id: JobId.meta({ description: "The job's id." }) });

/** The answer to everything that was taken on and takes effect later. */
export const Taken = z
  .strictObject({ jobId: JobId, url: z.url().meta({ description: "Where the job can be looked at." }) })
  .meta({ id: "Taken" });

export const JobSummary = z
  .strictObject({
    id: JobId,
    project: ProjectName,
    status: JobStatus,
    text: z.string(),
    origin: OriginType,
    requestedBy: z.string().meta({ description: "The name of who ordered it." }),
    queuedAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().optional(),
    reason: z.string().optional().meta({ description: "Why it ended as it did, or what it waits for." }),
    url: z.url(),
  })
  .meta({ id: "JobSummary" });
export type JobSummary = z.infer<typeof JobSummary>;

export const Job = JobState.meta({ id: "Job", description: "All that is true of a job now." });

export function summaryOf(job: JobState, url: string): JobSummary {
  const { id, status, submission, queuedAt, updatedAt, endedAt, reason } = job;
  return {
    id,
    project: submission.project,
    status,
    text: submission.text,
    origin: submission.origin.type,
    requestedBy: submission.requestedBy.name,
    queuedAt,
    updatedAt,
    ...(endedAt !== undefined && { endedAt }),
    ...(reason !== undefined && { reason }),
    url,
  };
}
