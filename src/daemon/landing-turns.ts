import { join } from "node:path";
import { holdAlone } from "../platform/sole-holder.ts";
import type { StageJob } from "./stage.ts";
import type { StageWork } from "./stage-runner.ts";
import { Turns } from "./turns.ts";

/** In the project's git directory, where all daemons of this machine that have the project find it. */
const lockName = "chargehand.landing";

/**
 * One landing at a time for each project, among all daemons that share its repository: the next one sees what the one
 * before it merged, and none checks again what it need not. That nothing is overwritten does not hang on this: main
 * moves by compare-and-swap.
 */
export function inTurn(work: StageWork): StageWork {
  const turns = new Turns();
  return (job, signal) => turns.take(job.project.name, () => amongDaemons(work, job, signal));
}

async function amongDaemons(work: StageWork, job: StageJob, signal: AbortSignal): Promise<void> {
  using _turn = await holdAlone(join(job.project.gitDir, lockName), { onWaiting: () => {} }, signal);
  await work(job, signal);
}
