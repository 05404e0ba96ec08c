import { AppError } from "../core/error.ts";
import { isMergeWanted, wantedChange } from "../core/merge-answer.ts";
import { judge } from "../core/verdict.ts";
import { tryGit } from "../platform/git.ts";
import { requestMergeApproval } from "./approvals.ts";
import { holdAttributes } from "./base-checkout.ts";
import { endJob } from "./end-job.ts";
import { laboratoryOf } from "./laboratory.ts";
import { type Integration, integrate, land as landCommit, revertCommand } from "./landing.ts";
import { measure } from "./measure.ts";
import { withPatience } from "./patience.ts";
import type { OpenProject } from "./projects.ts";
import { type StageJob, titleOf } from "./stage.ts";
import { recheckEvidence } from "./still-accepted.ts";
import { changesBetween, treeOf } from "./tree-changes.ts";
import type { VerifyDeps } from "./verify-stage.ts";

/**
 * Merges accepted work into main after the tap. When main has moved, the integrated tree is checked before anything
 * happens; whatever stands in the way is told to the person, and the question stays open for another tap.
 */
export async function land(deps: VerifyDeps, job: StageJob, signal: AbortSignal): Promise<void> {
  const { state, project } = job;
  const { accepted } = state;
  if (accepted === undefined) throw new AppError("conflict", "Only accepted work can be merged.");
  if (wantedChange(state) !== undefined) return;
  if (!isMergeWanted(state))
    return void (await requestMergeApproval(deps.book, state.id, { ...accepted, into: project.main }));
  const merged = await alreadyMerged(project, accepted.commit, signal);
  if (merged !== undefined) {
    // A person may have brought it in without a merge commit; then our command does not fit.
    const revert = merged === accepted.commit ? {} : { revert: revertCommand(merged) };
    return endJob(deps, job, { type: "merged", commit: merged, into: project.main, ...revert });
  }
  try {
    await recheckEvidence(job, accepted, signal);
    const integration = await integrate(project, accepted.commit, signal);
    if (integration.mainTip !== state.base.commit) await recheck(deps, job, integration, signal);
    const message = `Merge: ${titleOf(state.submission)}\n\nChargehand-Job: ${state.id}\n`;
    const commit = await landCommit(project, { accepted: accepted.commit, integration, message }, signal);
    await endJob(deps, job, { type: "merged", commit, into: project.main, revert: revertCommand(commit) });
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== "merge-conflict" && error.code !== "merge-blocked"))
      throw error;
    await deps.book.record(state.id, { type: "landing_refused", code: error.code, reason: error.message });
    await requestMergeApproval(deps.book, state.id, { ...accepted, into: project.main });
  }
}

/** What was measured before is measured again on the integrated tree, beside the main that moved. */
async function recheck(
  deps: VerifyDeps,
  job: StageJob,
  { mainTip, tree }: Integration,
  signal: AbortSignal,
): Promise<void> {
  const { state, project, workspace } = job;
  await holdAttributes(workspace.files.harness, mainTip, signal);
  const changes = await changesBetween(workspace, mainTip, tree, signal);
  const work = { tree, baseTree: await treeOf(workspace, mainTip, signal), changes };
  const measured = await withPatience(() => measure(laboratoryOf(deps, job, tree), work, signal), signal);
  const { iteration, maxIterations } = state;
  const { verdict, reasons } = judge({
    changed: true,
    violations: [],
    ...(typeof measured === "string" ? { checks: [], infrastructure: measured } : measured),
    iteration,
    maxIterations,
  });
  if (verdict === "accept") return;
  const why = reasons.join(" ");
  throw new AppError("merge-conflict", `${project.main} has moved, and together with it: ${why} Nothing was merged.`);
}

/** The merge a crash left unrecorded: the first commit on main, from its tip, that holds the accepted one as a parent. */
async function alreadyMerged(project: OpenProject, accepted: string, signal: AbortSignal): Promise<string | undefined> {
  const main = `refs/heads/${project.main}`;
  const repository = { cwd: project.mainPath };
  const isIn = await tryGit(["merge-base", "--is-ancestor", accepted, main], repository, signal);
  if (isIn.exitCode !== 0) return undefined;
  const path = await tryGit(
    ["rev-list", "--ancestry-path", "--merges", "--reverse", `${accepted}..${main}`],
    repository,
    signal,
  );
  return path.stdout.split("\n")[0] || accepted;
}
