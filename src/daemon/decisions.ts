import { choicesFor, type Settlement } from "../core/approval.ts";
import { isMergeWanted, type JobState, pendingApprovals, wantedChange } from "../core/job.ts";
import type { Decision } from "../core/queue.ts";
import { endJob } from "./end-job.ts";
import { discardAccepted } from "./landing.ts";
import { openProject } from "./projects.ts";
import { orderNext } from "./recovery.ts";
import type { StageDeps } from "./stage.ts";
import type { StageRunner } from "./stage-runner.ts";
import { workspaceOf } from "./workspace.ts";

/** Carries out what a person decided. A decision that comes too late, or fits no question, changes nothing. */
export async function carryOut(
  deps: StageDeps,
  runner: StageRunner,
  decision: Decision,
  signal: AbortSignal,
): Promise<void> {
  if (decision.type === "cancel") {
    await runner.cancel(decision.jobId, decision.by);
    return;
  }
  const state = await deps.book.known(decision.jobId);
  const approval = pendingApprovals(state).find(({ id }) => id === decision.approvalId);
  if (approval === undefined) return resume(deps, state);
  const { subject } = approval;
  const choices: readonly string[] = choicesFor[subject.type];
  if (decision.type === "settle" && !choices.includes(decision.choice)) return;
  const settlement = settlementOf(decision, approval.expiresAt);
  const next = await deps.book.record(state.id, { type: "approval_settled", approvalId: approval.id, settlement });
  if (settlement.type === "chosen" && settlement.choice === "discard")
    return discard(deps, next, settlement.by, signal);
  await resume(deps, next);
}

function settlementOf(decision: Exclude<Decision, { type: "cancel" }>, expiresAt: string | undefined): Settlement {
  if (decision.type === "expire" || (expiresAt !== undefined && Date.parse(expiresAt) <= Date.now()))
    return { type: "expired" };
  const { choice, by, advice } = decision;
  return { type: "chosen", choice, by, ...(advice !== undefined && { advice }) };
}

/** Orders what a job does next once none of its questions is open. Said twice, it is one order. */
async function resume(deps: StageDeps, state: JobState): Promise<void> {
  if (pendingApprovals(state).length > 0) return;
  const isDecided = isMergeWanted(state) || wantedChange(state) !== undefined;
  if (state.status === "running" || (state.status === "accepted" && isDecided)) await orderNext(state, deps.order);
}

async function discard(
  deps: StageDeps,
  state: JobState,
  by: Extract<Settlement, { type: "chosen" }>["by"],
  signal: AbortSignal,
): Promise<void> {
  const { accepted, base } = state;
  if (accepted === undefined || base === undefined) return;
  const project = await openProject(deps.config, state.submission.project, signal);
  await discardAccepted(project, state.id, accepted.commit, signal);
  const workspace = workspaceOf(deps.home, project, state.id);
  await endJob(
    deps,
    { state: { ...state, base }, project, workspace, iteration: state.iteration },
    { type: "discarded", by },
  );
}
