import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isTerminal } from "../core/job.ts";
import { JobId } from "../core/task.ts";
import { endJob } from "./end-job.ts";
import type { KeepEvidence } from "./evidence.ts";
import { openProject } from "./projects.ts";
import { orderNext } from "./recovery.ts";
import type { StageDeps } from "./stage.ts";
import { whyNotAsAccepted } from "./still-accepted.ts";
import { workspaceOf } from "./workspace.ts";

export interface RecoverDeps extends StageDeps {
  readonly keepEvidence: KeepEvidence;
}

/**
 * Puts every job that had not ended back on its way, and shows readers the states that the ledgers hold. One that
 * cannot be trusted is left as it is, and the others go on.
 */
export async function recover(deps: RecoverDeps, signal: AbortSignal): Promise<void> {
  const names = await readdir(join(deps.home, "jobs")).catch(() => []);
  for (const jobId of names.filter((name) => JobId.safeParse(name).success)) {
    try {
      await recoverOne(deps, jobId, signal);
    } catch (err) {
      signal.throwIfAborted();
      deps.log.error({ err, jobId }, "a job could not be recovered");
      await deps.book.showDamaged(jobId);
    }
  }
}

async function recoverOne(deps: RecoverDeps, jobId: JobId, signal: AbortSignal): Promise<void> {
  const { book, log, order, keepEvidence } = deps;
  const state = await book.state(jobId);
  if (state === undefined) return;
  await keepEvidence(state);
  await book.republish(jobId);
  if (isTerminal(state.status)) return;
  if (await blockUntrue(deps, jobId, signal)) return;
  log.info({ jobId, status: state.status }, "job goes on");
  await orderNext(state, order);
}

/** What the ledger calls accepted must be there: otherwise nothing is offered for a merge any more. */
async function blockUntrue(deps: RecoverDeps, jobId: JobId, signal: AbortSignal): Promise<boolean> {
  const state = await deps.book.known(jobId);
  const { accepted, base, submission, iteration } = state;
  if (accepted === undefined || base === undefined) return false;
  const project = await openProject(deps.config, submission.project, signal);
  const reason = await whyNotAsAccepted(project, { accepted, base }, signal);
  if (reason === undefined) return false;
  const workspace = workspaceOf(deps.home, project, jobId);
  // Not accepted any more, so the files that were are kept for recovery like any other work.
  const unaccepted = { ...state, base, accepted: undefined };
  await endJob(deps, { state: unaccepted, project, workspace, iteration }, { type: "blocked", reason });
  return true;
}
