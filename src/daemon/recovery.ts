import type { Stage } from "../core/event.ts";
import { isTerminal, type JobState, wantedChange } from "../core/job.ts";
import type { StageOrder } from "../core/queue.ts";

/** Orders the stage a job stands before, after whatever stopped it. A job that waits for a person is left to wait. */
export async function orderNext(state: JobState, order: (next: StageOrder) => Promise<void>): Promise<void> {
  const stage = nextStage(state);
  if (stage === undefined) return;
  const isNew = state.iteration === 0 || (stage === "run" && wantedChange(state) !== undefined);
  await order({ jobId: state.id, stage, iteration: state.iteration + (isNew ? 1 : 0) });
}

export function nextStage(state: JobState): Stage | undefined {
  switch (state.status) {
    case "queued":
    case "planning":
    case "running":
      return "run";
    case "verifying":
    case "reviewing":
      return "verify";
    case "accepted":
      return wantedChange(state) === undefined ? "land" : "run";
    case "interrupted":
      return state.accepted !== undefined && wantedChange(state) === undefined ? "land" : "run";
    case "awaiting_approval":
    case "done":
    case "rejected":
    case "blocked":
    case "failed":
    case "cancelled":
      return undefined;
  }
}

const stageOrder = { run: 0, verify: 1, land: 2 } as const satisfies Record<Stage, number>;

/** Whether the job has moved on since this order was given: a queue may deliver one again after a crash. */
export function isOutdated(state: JobState, { stage, iteration }: StageOrder): boolean {
  if (isTerminal(state.status) || state.status === "awaiting_approval") return true;
  if (iteration !== state.iteration) return iteration < state.iteration;
  const reached = state.status === "interrupted" ? undefined : nextStage(state);
  return reached !== undefined && stageOrder[stage] < stageOrder[reached];
}
