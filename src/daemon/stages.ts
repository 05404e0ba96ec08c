import type { Stage } from "../core/event.ts";
import type { DaemonDeps } from "./deps.ts";
import { discard, discardedBy } from "./discard.ts";
import type { Gates } from "./job-gate.ts";
import { land } from "./land-stage.ts";
import { inTurn } from "./landing-turns.ts";
import type { OpenHome } from "./open-home.ts";
import { runInCheckout } from "./run-check.ts";
import { run } from "./run-stage.ts";
import type { StageJob } from "./stage.ts";
import type { StageWork } from "./stage-runner.ts";
import { type VerifyDeps, verify } from "./verify-stage.ts";

/** What is done in each stage. */
export function stages(deps: DaemonDeps, home: OpenHome, { gateFor }: Gates): Record<Stage, StageWork> {
  const running = { ...deps, ...home, gateFor };
  const measuring = { ...home, redact: deps.redact, runInCheckout: runInCheckout(deps) };
  return {
    run: (job, signal) => run(running, job, signal),
    verify: (job, signal) => verify(measuring, job, signal),
    land: inTurn((job, signal) => landOrDiscard(measuring, job, signal)),
  };
}

/** What a person said of accepted work is carried out in one place, and so once. */
function landOrDiscard(deps: VerifyDeps, job: StageJob, signal: AbortSignal): Promise<void> {
  const by = discardedBy(job.state);
  return by === undefined ? land(deps, job, signal) : discard(deps, job, by, signal);
}
