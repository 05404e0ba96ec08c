import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { artifacts } from "../../core/evidence/artifacts.ts";
import { fold, type JobState, JobStatus } from "../../core/job.ts";
import { redacted } from "../../core/redacted.ts";
import { type JobId, ProjectName, type Submission } from "../../core/task.ts";
import { type JobPlace, jobPage } from "../../platform/job-pages.ts";
import type { HttpDeps } from "../deps.ts";
import { operation } from "../operation.ts";
import { Refusal } from "../refusal.ts";
import { Job, JobPath, JobSummary, OriginType, summaryOf } from "./views.ts";

const Place = z
  .string()
  .regex(/^\d{1,15}-[a-z0-9]{8}$/, "must be the `next` of the page before")
  .transform((written): JobPlace => {
    const [queuedAtMs, jobId = ""] = written.split("-");
    return { queuedAtMs: Number(queuedAtMs), jobId };
  })
  .meta({ description: "The `next` of the page before." });

export const listJobs = operation({
  id: "listJobs",
  method: "GET",
  path: "/api/jobs",
  summary: "The jobs that a daemon has taken in, newest first, page by page.",
  access: "look",
  usesRedis: true,
  query: z.strictObject({
    status: JobStatus.optional(),
    project: ProjectName.optional(),
    origin: OriginType.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: Place.optional(),
  }),
  answers: {
    200: {
      description: "A page. It may hold fewer than were asked for and still have a next one.",
      schema: z
        .strictObject({ jobs: z.array(JobSummary), next: z.string().optional() })
        .meta({ id: "JobPage", description: "`next`, where it is there, is the `cursor` of the next page." }),
    },
  },
  async handle({ redis, redact, urlOf }, { query: { limit, cursor, ...filter } }) {
    const { jobs, next } = await jobPage(redis, { filter, limit, after: cursor });
    const summaries = jobs.map((job) => redacted(summaryOf(job, urlOf(`/api/jobs/${job.id}`)), redact));
    return Response.json({ jobs: summaries, ...(next && { next: `${next.queuedAtMs}-${next.jobId}` }) });
  },
});

export const showJob = operation({
  id: "showJob",
  method: "GET",
  path: "/api/jobs/{id}",
  summary: "All that is true of one job now.",
  access: "look",
  usesRedis: true,
  params: JobPath,
  answers: { 200: { description: "The job.", schema: Job } },
  async handle(deps, { params }) {
    return Response.json(redacted(await knownJob(deps, params.id), deps.redact));
  },
});

export const showPatch = operation({
  id: "showPatch",
  method: "GET",
  path: "/api/jobs/{id}/patch",
  summary: "What the job changed, as git's unified diff. Secrets in it are taken out, so it may not apply.",
  access: "look",
  usesRedis: true,
  params: JobPath,
  answers: { 200: { description: "The patch.", schema: z.string(), contentType: "text/x-diff; charset=utf-8" } },
  async handle(deps, { params }) {
    await knownJob(deps, params.id);
    const patch = await deps.desk.patch(params.id);
    if (patch === undefined) throw new Refusal(404, "not-found", `Job ${params.id} has no patch yet.`);
    return textAnswer(deps.redact(patch), "text/x-diff; charset=utf-8");
  },
});

export const showReport = operation({
  id: "showReport",
  method: "GET",
  path: "/api/jobs/{id}/report",
  summary: "The report of a job that has come to rest, where its daemon works on this server's machine.",
  access: "look",
  usesRedis: true,
  params: JobPath,
  answers: { 200: { description: "The report.", schema: z.string(), contentType: "text/markdown; charset=utf-8" } },
  async handle(deps, { params }) {
    await knownJob(deps, params.id);
    const file = join(deps.home, "jobs", params.id, artifacts.report);
    const report = await readFile(file, "utf8").catch(() => undefined);
    if (report === undefined) {
      const sentence = `There is no report of job ${params.id} here. It is written when the job comes to rest, by its daemon.`;
      throw new Refusal(404, "not-found", sentence);
    }
    return textAnswer(deps.redact(report), "text/markdown; charset=utf-8");
  },
});

function textAnswer(text: string, contentType: string): Response {
  return new Response(text, { headers: { "content-type": contentType } });
}

/** The job, also while its order still lies on the desk: whoever has ordered finds it at once. */
export async function knownJob({ desk, maxIterations }: HttpDeps, jobId: JobId): Promise<JobState> {
  const job = await desk.job(jobId);
  if (job !== undefined) return job;
  const submission = await desk.order(jobId);
  if (submission === undefined) throw new Refusal(404, "not-found", `There is no job "${jobId}".`);
  return untaken(submission, maxIterations);
}

function untaken(submission: Submission, maxIterations: number): JobState {
  const { jobId, submittedAt: at } = submission;
  const event = { type: "queued", submission, maxIterations } as const;
  return fold(undefined, { jobId, sequence: 1, at, event, previous: "0".repeat(64) });
}
