import { z } from "zod";
import type { LedgerEntry } from "../event.ts";
import { JobState } from "../job.ts";
import { CheckResult, ObjectId } from "../measurement.ts";
import { Verdict } from "../verdict.ts";

const facts = JobState.shape;

/** `result.json`: what came of a job. It says nothing that the ledger does not say, and is compared with it. */
export const JobResult = z.strictObject({
  jobId: facts.id,
  status: facts.status,
  outcome: facts.outcome,
  verdict: Verdict.optional(),
  reasons: z.array(z.string()),
  /** Why the job ended as it did. */
  reason: z.string().optional(),
  iterations: z.number().int().nonnegative(),
  base: facts.base,
  candidate: facts.candidate,
  /** Work went on after the candidate was measured, so what was measured is not what there is now. */
  outdated: z.boolean(),
  /** Each check of the last candidate with the tree it ran on; a check before a merge runs on the merged tree. */
  checks: z.array(z.strictObject({ tree: ObjectId, check: CheckResult })),
  accepted: facts.accepted,
  mergedCommit: facts.mergedCommit,
  revert: facts.revert,
  /** The orchestrator's words. Nothing was concluded from them. */
  claim: z.string().optional(),
  spent: z.strictObject({
    inputTokens: z.number(),
    cachedInputTokens: z.number(),
    outputTokens: z.number(),
    usd: z.number(),
    models: z.array(z.string()),
  }),
  queuedAt: facts.queuedAt,
  endedAt: facts.endedAt,
});
export type JobResult = z.infer<typeof JobResult>;

/** The result of a job by its ledger; `state` is the fold of the same entries. */
export function resultOf(state: JobState, entries: readonly LedgerEntry[]): JobResult {
  const { judgement, candidate, accepted } = state;
  const models = entries.flatMap(({ event }) => (event.type === "spent" ? [`${event.role}: ${event.model}`] : []));
  const { inputTokens, cachedInputTokens, outputTokens, usd } = state.spent;
  return {
    jobId: state.id,
    status: state.status,
    ...(state.outcome && { outcome: state.outcome }),
    ...(judgement && { verdict: judgement.verdict }),
    reasons: judgement?.reasons ?? [],
    ...(state.reason !== undefined && { reason: state.reason }),
    iterations: state.iteration,
    ...(state.base && { base: state.base }),
    ...(candidate && { candidate }),
    outdated: state.outdated ?? false,
    checks: lastChecks(entries),
    ...(accepted && { accepted }),
    ...(state.mergedCommit && { mergedCommit: state.mergedCommit }),
    ...(state.revert && { revert: state.revert }),
    ...(state.claim !== undefined && { claim: state.claim }),
    spent: { inputTokens, cachedInputTokens, outputTokens, usd, models: [...new Set(models)] },
    queuedAt: state.queuedAt,
    ...(state.endedAt && { endedAt: state.endedAt }),
  };
}

function lastChecks(entries: readonly LedgerEntry[]): JobResult["checks"] {
  const taken = entries.findLastIndex(({ event }) => event.type === "candidate_taken");
  if (taken === -1) return [];
  return entries
    .slice(taken)
    .flatMap(({ event }) => (event.type === "check_finished" ? [{ tree: event.tree, check: event.check }] : []));
}
