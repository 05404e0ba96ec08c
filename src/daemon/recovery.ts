import type { Stage } from "../core/event.ts";
import { isTerminal, type JobState, pendingApprovals } from "../core/job.ts";
import { wantedChange } from "../core/merge-answer.ts";
import type { NextStage } from "../core/queue.ts";

/** The stage a job stands before, after whatever stopped it. A job that waits for a person is left to wait. */
export function nextOrder(state: JobState): NextStage | undefined {
  const { id: jobId, iteration } = state;
  if (wantedChange(state) !== undefined && !isTerminal(state.status)) {
    return { jobId, stage: "run", iteration: iteration + 1 };
  }
  const retold = retoldFor(state);
  if (retold !== undefined) return { jobId, stage: "run", iteration: retold };
  const stage = nextStage(state);
  return stage === undefined ? undefined : { jobId, stage, iteration: Math.max(1, iteration) };
}

/** The attempt that a text which a person took begins, until it has begun. */
function retoldFor(state: JobState): number | undefined {
  if (isTerminal(state.status) || state.status === "awaiting_approval") return undefined;
  const wanted = state.retold?.at(-1)?.iteration;
  return wanted !== undefined && wanted > state.iteration ? wanted : undefined;
}

/** How long it still is until a job that is to be tried again begins. */
export function pauseBefore({ status, retry }: JobState, now: number): number {
  return status === "interrupted" && retry !== undefined ? Math.max(0, Date.parse(retry.at) - now) : 0;
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
      if (pendingApprovals(state).some(({ subject }) => subject.type === "merge")) return undefined;
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
export function isOutdated(state: JobState, { stage, iteration }: NextStage): boolean {
  if (isTerminal(state.status) || state.status === "awaiting_approval") return true;
  if (iteration !== state.iteration) return iteration < state.iteration;
  const reached = state.status === "interrupted" ? undefined : nextStage(state);
  return reached !== undefined && stageOrder[stage] < stageOrder[reached];
}
