import { z } from "zod";
import type { JobEvent, LedgerEntry } from "../event.ts";
import type { CheckResult } from "../measurement.ts";
import { StepChange, StepChanges } from "./step-changes.ts";

/** `steps/<step>/result.json`: one call of the orchestrator's tool, or one check of the harness. */
export const StepResult = z.strictObject({
  number: z.number().int().positive(),
  id: z.string(),
  label: z.string(),
  /** Where a command of an agent ran; the harness's own steps run in checkouts that nobody keeps. */
  worktree: z.string().optional(),
  /** The attempt of the job it belongs to. */
  iteration: z.number().int().nonnegative(),
  outcome: z.enum(["running", "ok", "failed", "denied", "interrupted"]),
  exitCode: z.number().int().nullable().optional(),
  detail: z.string().optional(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  /** What the engine inside it said it did, in its own words. */
  said: z.array(z.string()),
  /** Absent where nothing was measured: then nothing is known of what it changed. */
  change: StepChange.optional(),
});
export type StepResult = z.infer<typeof StepResult>;

/** Every step of a job in the order in which they began. A step that a crash cut off and that began again is two. */
export function stepsOf(entries: readonly LedgerEntry[]): StepResult[] {
  const story: Story = { steps: [], changes: new StepChanges(), iteration: 0 };
  for (const entry of entries) tell(story, entry);
  return story.steps;
}

interface Story {
  readonly steps: StepResult[];
  readonly changes: StepChanges;
  iteration: number;
}

function tell(story: Story, { event, at, jobId }: LedgerEntry): void {
  const { steps, changes } = story;
  switch (event.type) {
    case "queued":
      if (event.base !== undefined) changes.measured(ownWorktree(jobId), event.base.commit);
      break;
    case "stage_started":
      story.iteration = event.iteration;
      break;
    case "step_started":
      begin(story, event, at);
      break;
    case "step_progress": {
      const step = steps.findLast(({ id }) => id === event.stepId);
      if (event.event.type === "action" && event.event.phase === "completed") step?.said.push(event.event.title);
      break;
    }
    case "step_finished":
      finish(story, event, at);
      break;
    case "candidate_taken":
      changes.measured(ownWorktree(jobId), event.tree);
      break;
    case "check_finished": {
      const step = stepOfCheck(steps, event.check);
      if (step !== undefined) step.exitCode = event.check.exitCode;
      break;
    }
    case "interrupted":
    case "retry_scheduled":
    case "cancelled":
      for (const step of steps) if (step.outcome === "running") step.outcome = "interrupted";
      break;
    default:
      break;
  }
}

/** What each check came to, by the number of its step. */
export function checksOfSteps(entries: readonly LedgerEntry[]): Map<number, CheckResult> {
  const checks = new Map<number, CheckResult>();
  for (const [index, { event }] of entries.entries()) {
    if (event.type !== "check_finished") continue;
    const step = stepOfCheck(stepsOf(entries.slice(0, index)), event.check);
    if (step !== undefined) checks.set(step.number, event.check);
  }
  return checks;
}

function stepOfCheck(steps: readonly StepResult[], { label }: { label: string }): StepResult | undefined {
  return steps.findLast((step) => step.worktree === undefined && step.label === `check ${label}`);
}

/** The worktree that every job begins with, and that its candidate is taken from. */
function ownWorktree(jobId: string): string {
  return `task-${jobId}`;
}

/** Commands may read main, and change nothing there. */
function mayChange(worktree: string | undefined): worktree is string {
  return worktree !== undefined && worktree !== "main";
}

function begin(
  { steps, changes, iteration }: Story,
  { stepId: id, label, worktree }: Extract<JobEvent, { type: "step_started" }>,
  startedAt: string,
): void {
  const step: StepResult = {
    number: steps.length + 1,
    id,
    label,
    ...(worktree !== undefined && { worktree }),
    iteration,
    outcome: "running",
    startedAt,
    said: [],
  };
  steps.push(step);
  if (mayChange(worktree)) changes.began(worktree, step);
}

function finish({ steps, changes }: Story, event: Extract<JobEvent, { type: "step_finished" }>, endedAt: string): void {
  const step = steps.findLast(({ id, outcome }) => id === event.stepId && outcome === "running");
  if (step === undefined) return;
  const { outcome, detail, exitCode, trees } = event;
  Object.assign(step, { outcome, endedAt, ...(detail && { detail }), ...(exitCode !== undefined && { exitCode }) });
  if (!mayChange(step.worktree)) return;
  if (outcome === "denied") changes.withdraw(step.worktree, step);
  else if (trees !== undefined) changes.ended(step.worktree, step, trees);
}
