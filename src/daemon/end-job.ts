import type { JobEvent } from "../core/event.ts";
import { hashFiles } from "./hash-files.ts";
import { publish } from "./landing.ts";
import { forgetRef, refs } from "./projects.ts";
import { type StageDeps, type StageJob, titleOf } from "./stage.ts";
import { removeWorkspace } from "./workspace.ts";

type Ending = Extract<JobEvent, { type: "rejected" | "blocked" | "failed" | "cancelled" | "merged" | "discarded" }>;

/** Records a job's end at once, and then puts its place in order. */
export async function endJob(deps: StageDeps, job: StageJob, ending: Ending): Promise<void> {
  await deps.book.recordIfAllowed(job.state.id, ending);
  await clearPlace(deps, job);
}

/**
 * Keeps what an ended job made under a ref, and only then takes its worktree and repositories away. Work that cannot
 * be kept is not removed: that is a matter for the log.
 */
export async function clearPlace({ log, removals }: StageDeps, job: StageJob): Promise<void> {
  const { state, workspace, project } = job;
  // What a person stopped must still be put in order, so nothing cancels this.
  const signal = new AbortController().signal;
  try {
    await keepUnacceptedWork(job, signal);
    await removeWorkspace(workspace, removals);
    await forgetRef(project, refs.base(state.id), signal);
  } catch (err) {
    log.warn({ err, jobId: state.id }, "an ended job's place could not be cleared");
  }
}

async function keepUnacceptedWork({ state, project, workspace }: StageJob, signal: AbortSignal): Promise<void> {
  if (state.accepted !== undefined || !(await workspace.exists())) return;
  const { tree, baseTree } = await hashFiles(workspace, state.base.commit, signal);
  if (tree === baseTree) return;
  const message = `Unaccepted work: ${titleOf(state.submission)}\n\nChargehand-Job: ${state.id}\n`;
  await publish(
    workspace,
    { project, ref: refs.recovery(state.id), baseCommit: state.base.commit, tree, message },
    signal,
  );
}
