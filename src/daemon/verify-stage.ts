import { writeFile } from "node:fs/promises";
import type { Redis } from "ioredis";
import type { CheckResult } from "../core/measurement.ts";
import { keys } from "../core/queue.ts";
import { type Judgement, judge } from "../core/verdict.ts";
import { requestMergeApproval } from "./approvals.ts";
import { type Candidate, patchOf, takeCandidate } from "./candidate.ts";
import { type RunInCheckout, runChecks } from "./checks.ts";
import { endJob } from "./end-job.ts";
import { publish } from "./landing.ts";
import { refs } from "./projects.ts";
import { type StageDeps, type StageJob, titleOf } from "./stage.ts";

export interface VerifyDeps extends StageDeps {
  readonly redis: Redis;
  readonly runInCheckout: RunInCheckout;
  readonly redact: (text: string) => string;
}

/** How much of a patch readers without the daemon's disk may see. */
const maxSharedPatchLength = 1_000_000;

/** Measures what the job made and judges it. What the agents said of it is not looked at. */
export async function verify(deps: VerifyDeps, job: StageJob, signal: AbortSignal): Promise<void> {
  const { book } = deps;
  const { state, project, workspace, iteration } = job;
  const candidate = await takeCandidate(workspace, { baseCommit: state.base.commit, scope: project.scope }, signal);
  await sharePatch(deps, job, candidate, signal);
  await book.record(state.id, {
    type: "candidate_taken",
    tree: candidate.tree,
    stat: candidate.stat,
    paths: [...candidate.paths],
  });

  const changed = candidate.paths.length > 0;
  const checks = changed && candidate.violations.length === 0 ? await check(deps, job, candidate.tree, signal) : [];
  const judgement = judge({
    changed,
    violations: candidate.violations,
    checks,
    iteration,
    maxIterations: state.maxIterations,
  });
  await book.record(state.id, { type: "judged", verdict: judgement.verdict, reasons: [...judgement.reasons] });
  await act(deps, job, { candidate, judgement }, signal);
}

/** Runs the project's checks on a tree and records each as it ends. */
export function check(
  deps: Pick<VerifyDeps, "book" | "runInCheckout">,
  { state, project, workspace }: StageJob,
  tree: string,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const stepId = (label: string) => `check-${tree.slice(0, 12)}-${label}`;
  return runChecks(
    {
      files: workspace.files,
      project,
      tree,
      run: deps.runInCheckout,
      onStarted: async (label) => {
        await deps.book.record(state.id, { type: "step_started", stepId: stepId(label), label: `check ${label}` });
      },
      onFinished: async (result) => {
        const outcome = result.outcome === "passed" ? "ok" : "failed";
        await deps.book.record(state.id, { type: "step_finished", stepId: stepId(result.label), outcome });
        await deps.book.record(state.id, { type: "check_finished", tree, check: result });
      },
    },
    signal,
  );
}

async function act(
  deps: VerifyDeps,
  job: StageJob,
  { candidate, judgement }: { candidate: Candidate; judgement: Judgement },
  signal: AbortSignal,
): Promise<void> {
  const { state, project, workspace, iteration } = job;
  switch (judgement.verdict) {
    case "accept": {
      const message = `${titleOf(state.submission.text)}\n\nChargehand-Job: ${state.id}\n`;
      const { tree } = candidate;
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

async function sharePatch(
  deps: VerifyDeps,
  { state, workspace }: StageJob,
  { tree }: Candidate,
  signal: AbortSignal,
): Promise<void> {
  const patch = deps.redact(await patchOf(workspace, state.base.commit, tree, signal));
  await writeFile(workspace.files.patch, patch, { mode: 0o600 });
  await deps.redis.set(keys.patch(state.id), patch.slice(0, maxSharedPatchLength));
}
