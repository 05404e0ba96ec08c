import { writeFile } from "node:fs/promises";
import type { Redis } from "ioredis";
import { orderedChecks } from "../core/declared-check.ts";
import { remarkOnSuppressions } from "../core/evidence/suppressions.ts";
import { treeSentBack } from "../core/merge-answer.ts";
import { keys } from "../core/queue.ts";
import { type Judgement, judge, type Measurement } from "../core/verdict.ts";
import { requestMergeApproval } from "./approvals.ts";
import { bounded, takeCandidate, textsOf } from "./candidate.ts";
import { configurationChanges } from "./check-configuration.ts";
import type { RunInCheckout } from "./checks.ts";
import { endJob } from "./end-job.ts";
import { laboratoryOf } from "./laboratory.ts";
import { publish } from "./landing.ts";
import { measure } from "./measure.ts";
import { withPatience } from "./patience.ts";
import { refs } from "./projects.ts";
import { secretsIn } from "./secrets-in-patch.ts";
import { type StageDeps, type StageJob, titleOf } from "./stage.ts";
import { patchOf, plainPatchOf, treeOf } from "./tree-changes.ts";

export interface VerifyDeps extends StageDeps {
  readonly redis: Redis;
  readonly runInCheckout: RunInCheckout;
  readonly redact: (text: string) => string;
}

/** How much of a patch readers without the daemon's disk may see. */
export const maxSharedPatchLength = 1_000_000;

/** Measures what the job made and judges it. What the agents said of it is not looked at. */
export async function verify(deps: VerifyDeps, job: StageJob, signal: AbortSignal): Promise<void> {
  const { state, iteration } = job;
  const measured = await withPatience(() => measureCandidate(deps, job, signal), signal);
  const attempts = { iteration, maxIterations: state.maxIterations };
  const judgement = judge(
    typeof measured === "string"
      ? { changed: false, violations: [], checks: [], infrastructure: measured, ...attempts }
      : { ...measured.measurement, ...attempts },
  );
  await deps.book.record(state.id, { type: "judged", verdict: judgement.verdict, reasons: [...judgement.reasons] });
  await act(deps, job, { tree: typeof measured === "string" ? undefined : measured.tree, judgement }, signal);
}

interface Measured {
  readonly tree: string;
  readonly measurement: Omit<Measurement, "iteration" | "maxIterations">;
}

async function measureCandidate(deps: VerifyDeps, job: StageJob, signal: AbortSignal): Promise<Measured> {
  const { state, project, workspace } = job;
  const baseCommit = state.base.commit;
  const candidate = await takeCandidate(workspace, { baseCommit, scope: project.scope }, signal);
  const { tree, stat, paths, changes } = candidate;
  const changed = paths.length > 0;
  const patch = changed ? await patchOf(workspace, baseCommit, tree, signal) : "";
  await sharePatch(deps, job, patch);
  const plainPatch = changed ? await plainPatchOf(workspace, baseCommit, tree, signal) : "";
  const remarks = [...candidate.remarks, ...remarkOnSuppressions(plainPatch)];
  const taken = { tree, stat, paths: [...paths], ...(remarks.length > 0 && { remarks }) };
  await deps.book.record(state.id, { type: "candidate_taken", ...taken });
  const isSentBack = tree === treeSentBack(state);
  if (!changed || isSentBack)
    return { tree, measurement: { changed, isSentBack, violations: [...candidate.violations], checks: [] } };

  const rules = { ...project, ordered: orderedChecks(state.submission) };
  const secrets = secretsIn(plainPatch, deps.redact);
  const configuration = configurationChanges(await textsOf(workspace, changes, rules, signal), rules);
  const violations = bounded([...candidate.violations, ...configuration, ...secrets]);
  if (violations.length > 0) return { tree, measurement: { changed, violations, checks: [] } };
  const work = { tree, baseTree: await treeOf(workspace, baseCommit, signal), changes };
  const results = await measure(laboratoryOf(deps, job, tree), work, signal);
  return { tree, measurement: { changed, violations, ...results } };
}

async function act(
  deps: VerifyDeps,
  job: StageJob,
  { tree, judgement }: { tree: string | undefined; judgement: Judgement },
  signal: AbortSignal,
): Promise<void> {
  const { state, project, workspace, iteration } = job;
  switch (judgement.verdict) {
    case "accept": {
      if (tree === undefined) throw new TypeError("Nothing was measured, so nothing can be accepted.");
      const message = `${titleOf(state.submission)}\n\nChargehand-Job: ${state.id}\n`;
      const ref = refs.accepted(state.id);
      const work = { project, ref, baseCommit: state.base.commit, tree, message };
      const commit = await publish(workspace, work, signal);
      await deps.book.record(state.id, { type: "accepted", ref, commit, tree });
      await requestMergeApproval(deps.book, state.id, { tree, commit, into: project.main });
      return;
    }
    case "iterate":
      return deps.order({ jobId: state.id, stage: "run", iteration: iteration + 1 });
    case "reject":
      return endJob(deps, job, { type: "rejected", reason: judgement.reasons.join(" ") });
    case "block":
      return endJob(deps, job, { type: "blocked", reason: judgement.reasons.join(" ") });
    case "infra_error":
      return endJob(deps, job, { type: "failed", code: "internal", reason: judgement.reasons.join(" ") });
  }
}

async function sharePatch(deps: VerifyDeps, { state, workspace }: StageJob, patch: string): Promise<void> {
  const shown = deps.redact(patch);
  await writeFile(workspace.files.patch, shown, { mode: 0o600 });
  await deps.redis.set(keys.patch(state.id), shown.slice(0, maxSharedPatchLength));
}
