import { z } from "zod";
import type { Config } from "../config.ts";
import { Base } from "../measurement.ts";
import { JobId, Submission } from "../task.ts";

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** `job.json`: what was ordered, where it starts, and the configuration it was taken in under. */
export const JobOrder = z.strictObject({
  jobId: JobId,
  submission: Submission,
  base: Base.optional(),
  maxIterations: z.number().int().positive(),
  /** What of the configuration decides about this job, and the hash of its compact JSON. */
  config: z.strictObject({ sha256: Sha256, snapshot: z.record(z.string(), z.json()) }),
});
export type JobOrder = z.infer<typeof JobOrder>;

/** What decides about a job of this project. People's ids and other projects are none of it. */
export function snapshotOf(config: Config, projectName: string): Record<string, unknown> {
  const { projects, engines, roles, limits, policy, sandbox } = config;
  const project = Object.hasOwn(projects, projectName) ? projects[projectName] : null;
  return { project, engines, roles, limits, policy, sandbox };
}
