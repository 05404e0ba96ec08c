import type { JobState } from "../core/job.ts";
import { redacted } from "../core/redacted.ts";

/** The job with every text in it made safe to show: its order is in a person's own words, which nobody redacted before. */
export function redactJob(job: JobState, redact: (text: string) => string): JobState {
  return redacted(job, redact);
}
