import type { JobState } from "../core/job.ts";
import { lastMergeAnswer } from "../core/merge-answer.ts";
import type { Person } from "../core/task.ts";
import { endJob } from "./end-job.ts";
import { discardAccepted } from "./landing.ts";
import type { StageDeps, StageJob } from "./stage.ts";

/** Who said that the accepted work be set aside. */
export function discardedBy(state: JobState): Person | undefined {
  const settlement = lastMergeAnswer(state);
  return settlement?.type === "chosen" && settlement.choice === "discard" ? settlement.by : undefined;
}

/** Sets accepted work aside, as a person wished. Done twice, because a crash came between, it is the same. */
export async function discard(deps: StageDeps, job: StageJob, by: Person, signal: AbortSignal): Promise<void> {
  const { accepted, id } = job.state;
  if (accepted !== undefined) await discardAccepted(job.project, id, accepted.commit, signal);
  await endJob(deps, job, { type: "discarded", by });
}
