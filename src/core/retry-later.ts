import type { JobEvent } from "./event.ts";
import type { JobState } from "./job.ts";
import { interruptSteps } from "./step.ts";

/** What a stage that is to be tried again leaves behind until then. */
export function retryScheduled(
  state: JobState,
  { attempt, at, reason }: Extract<JobEvent, { type: "retry_scheduled" }>,
): Partial<JobState> {
  return {
    status: "interrupted",
    retry: { attempt, at },
    reason: `${reason} Retry ${attempt} begins at ${at.slice(11, 19)} UTC.`,
    steps: interruptSteps(state.steps),
  };
}
