import { choicesFor, type Settlement } from "../core/approval.ts";
import { AppError } from "../core/error.ts";
import { type JobState, pendingApprovals } from "../core/job.ts";
import { whyNotByAgent } from "../core/mcp-config.ts";
import type { Decision } from "../core/queue.ts";
import type { JobId, Submission } from "../core/task.ts";
import { takeIn } from "./intake.ts";
import { nextOrder } from "./recovery.ts";
import type { StageDeps } from "./stage.ts";
import type { StageRunner } from "./stage-runner.ts";
import { askAboutTask } from "./task-change.ts";
import type { Turns } from "./turns.ts";

export interface DecisionDeps extends StageDeps {
  readonly runner: StageRunner;
  /** An order that waits in the intake queue and has no ledger yet. */
  readonly findOrder: (jobId: JobId) => Promise<Submission | undefined>;
  /** Changes of a job's task are asked about in the order in which they were seen: the newer takes the older's place. */
  readonly asking: Turns;
}

/**
 * Carries out what a person decided. A decision that comes too late, or fits no question, changes nothing; one that
 * comes again, because a crash cut it off, is carried on.
 */
export async function carryOut(deps: DecisionDeps, decision: Decision, signal: AbortSignal): Promise<void> {
  const { book, runner, log } = deps;
  const { jobId } = decision;
  if (isRefused(deps, decision)) return log.warn({ jobId }, "an agent may not approve that; the question stays open");
  if (decision.type === "take_in") return takeIn(deps, decision.submission, signal);
  if (decision.type === "ask") return deps.asking.take(jobId, () => askAbout(deps, decision, signal));
  if (decision.type === "cancel") await takeInFirst(deps, jobId, signal);
  const state = await stateOfOurs(deps, decision);
  if (state === undefined) return;
  if (decision.type === "cancel") return void (await runner.cancel(jobId, decision.by));

  const approval = pendingApprovals(state).find(({ id }) => id === decision.approvalId);
  if (approval !== undefined) {
    const choices: readonly string[] = choicesFor[approval.subject.type];
    if (decision.type === "settle" && !choices.includes(decision.choice)) return;
    // Its end is the answer: one event, so that no crash can come between the two.
    if (decision.type === "settle" && decision.choice === "stop") return void (await runner.cancel(jobId, decision.by));
    const settlement = settlementOf(decision, approval.expiresAt);
    await book.recordIfAllowed(jobId, { type: "approval_settled", approvalId: approval.id, settlement });
  }
  await goOn(deps, jobId);
}

async function askAbout(deps: DecisionDeps, decision: Extract<Decision, { type: "ask" }>, signal: AbortSignal) {
  const { jobId } = decision;
  await takeInFirst(deps, jobId, signal);
  if ((await stateOfOurs(deps, decision)) === undefined) return;
  await askAboutTask(deps, decision);
  await goOn(deps, jobId);
}

/** Looked at here, too: an agent may have started its MCP server with a configuration of its own. */
function isRefused({ config }: DecisionDeps, decision: Decision): boolean {
  if (decision.type !== "settle" || decision.by.kind !== "mcp") return false;
  return whyNotByAgent(config.mcp, decision.choice) !== undefined;
}

async function stateOfOurs({ book, log }: DecisionDeps, { jobId, type }: Decision): Promise<JobState | undefined> {
  const state = await book.state(jobId).catch(undefinedIfDamaged);
  if (state === undefined) log.warn({ jobId, type }, "a decision about no job of ours");
  return state;
}

/** Nothing happens any more to a job whose ledger was altered. */
function undefinedIfDamaged(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== "ledger-altered") throw error;
}

/** A cancel or a question that overtakes its order must not be forgotten before the order comes. */
async function takeInFirst(deps: DecisionDeps, jobId: JobId, signal: AbortSignal): Promise<void> {
  if ((await deps.book.state(jobId).catch(() => null)) !== undefined) return;
  const submission = await deps.findOrder(jobId);
  if (submission !== undefined) await takeIn(deps, submission, signal);
}

function settlementOf(
  decision: Extract<Decision, { type: "settle" | "expire" }>,
  expiresAt: string | undefined,
): Settlement {
  if (decision.type === "expire" || (expiresAt !== undefined && Date.parse(expiresAt) <= Date.now()))
    return { type: "expired" };
  const { choice, by, advice } = decision;
  return { type: "chosen", choice, by, ...(advice !== undefined && { advice }) };
}

/** Orders what a job does next once none of its questions is open. Said twice, it is done once. */
async function goOn({ book, order }: DecisionDeps, jobId: JobId): Promise<void> {
  const state = await book.known(jobId);
  const next = pendingApprovals(state).length > 0 ? undefined : nextOrder(state);
  if (next !== undefined) await order(next);
}
