import type { JobState } from "../core/job.ts";

/** The job with every text in it made safe to show. Ids stay as they are: buttons and links are made of them. */
export function redactJob(job: JobState, redact: (text: string) => string): JobState {
  return redactValue(job, redact) as JobState;
}

function redactValue(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, identifiers.has(name) ? item : redactValue(item, redact)]),
  );
}

const identifiers = new Set(["id", "jobId", "callId", "commit", "tree", "mergedCommit", "requestId"]);
