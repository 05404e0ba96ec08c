import { JobId } from "../../core/task.ts";

/** What there is to read about a job. */
export const jobViews = ["state", "plan", "ledger"] as const;
export type JobViewName = (typeof jobViews)[number];

export function jobUri(jobId: JobId, view: JobViewName): string {
  return `chargehand://jobs/${jobId}/${view}`;
}

export function isJobUri(uri: string): boolean {
  const [, jobId, view] = /^chargehand:\/\/jobs\/([^/]+)\/([a-z]+)$/.exec(uri) ?? [];
  return JobId.safeParse(jobId).success && jobViews.some((it) => it === view);
}
