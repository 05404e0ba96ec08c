import { basename } from "node:path";
import type { JobEvent } from "../core/event.ts";
import { hashFiles } from "./hash-files.ts";
import { keepRepository } from "./kept-repository.ts";
import { commitTree, publish } from "./landing.ts";
import { forgetRef, refs } from "./projects.ts";
import { type StageDeps, type StageJob, titleOf } from "./stage.ts";
import { removeWorkspace, worktreesOf } from "./workspace.ts";

type Ending = Extract<JobEvent, { type: "rejected" | "blocked" | "failed" | "cancelled" | "merged" | "discarded" }>;

/** Records a job's end at once, and then puts its place in order. */
export async function endJob(deps: StageDeps, job: StageJob, ending: Ending): Promise<void> {
  await deps.book.recordIfAllowed(job.state.id, ending);
  await clearPlace(deps, job);
}

/**
 * Keeps what an ended job made, and only then takes its worktree and repositories away. Work that cannot
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

async function keepUnacceptedWork(job: StageJob, signal: AbortSignal): Promise<void> {
  const { state, project, workspace } = job;
  if (state.accepted !== undefined || !(await workspace.exists())) return;
  await keepUnacceptedFiles(job, signal);
  await keepRepository(workspace, { project, commit: state.base.commit });
}

/** The files of the job's own worktree, and as further parents of the same commit those of each worktree that it added. */
async function keepUnacceptedFiles({ state, project, workspace }: StageJob, signal: AbortSignal): Promise<void> {
  const baseCommit = state.base.commit;
  const { tree, baseTree } = await hashFiles(workspace, baseCommit, signal);
  const message = `Unaccepted work: ${titleOf(state.submission)}\n\nChargehand-Job: ${state.id}\n`;
  const beside: string[] = [];
  for (const worktreePath of await worktreesOf(workspace)) {
    if (worktreePath === workspace.worktreePath) continue;
    const other = await hashFiles({ ...workspace, worktreePath }, baseCommit, signal);
    const work = { tree: other.tree, parents: [baseCommit], message: `${basename(worktreePath)}: ${message}` };
    if (other.tree !== baseTree) beside.push(await commitTree(workspace, work, signal));
  }
  if (tree === baseTree && beside.length === 0) return;
  await publish(workspace, { project, ref: refs.recovery(state.id), baseCommit, beside, tree, message }, signal);
}
