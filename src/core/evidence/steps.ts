import { z } from "zod";
import type { JobEvent, LedgerEntry } from "../event.ts";

/** `steps/<step>/result.json`: one call of the orchestrator's tool, or one check of the harness. */
export const StepResult = z.strictObject({
  number: z.number().int().positive(),
  id: z.string(),
  label: z.string(),
  /** The attempt of the job it belongs to. */
  iteration: z.number().int().nonnegative(),
  outcome: z.enum(["running", "ok", "failed", "denied", "interrupted"]),
  exitCode: z.number().int().nullable().optional(),
  detail: z.string().optional(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  /** What the engine inside it said it did, in its own words. */
  said: z.array(z.string()),
});
export type StepResult = z.infer<typeof StepResult>;

/** Every step of a job in the order in which they began. A step that a crash cut off and that began again is two. */
export function stepsOf(entries: readonly LedgerEntry[]): StepResult[] {
  const steps: StepResult[] = [];
  let iteration = 0;
  for (const { event, at } of entries) {
    switch (event.type) {
      case "stage_started":
        iteration = event.iteration;
        break;
      case "step_started":
        steps.push({
          number: steps.length + 1,
          id: event.stepId,
          label: event.label,
          iteration,
          outcome: "running",
          startedAt: at,
          said: [],
        });
        break;
      case "step_progress": {
        const step = steps.findLast(({ id }) => id === event.stepId);
        if (event.event.type === "action" && event.event.phase === "completed") step?.said.push(event.event.title);
        break;
      }
      case "step_finished":
        finish(steps, event, at);
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
  return steps;
}

/** What each check printed, as the ledger holds it, by the number of its step. */
export function printedByChecks(entries: readonly LedgerEntry[]): Map<number, string> {
  const printed = new Map<number, string>();
  for (const [index, { event }] of entries.entries()) {
    if (event.type !== "check_finished") continue;
    const step = stepOfCheck(stepsOf(entries.slice(0, index)), event.check);
    if (step !== undefined) printed.set(step.number, event.check.tail);
  }
  return printed;
}

function stepOfCheck(steps: readonly StepResult[], { label }: { label: string }): StepResult | undefined {
  return steps.findLast((step) => step.label === `check ${label}`);
}

function finish(steps: StepResult[], event: Extract<JobEvent, { type: "step_finished" }>, endedAt: string): void {
  const step = steps.findLast(({ id, outcome }) => id === event.stepId && outcome === "running");
  if (step === undefined) return;
  const { outcome, detail, exitCode } = event;
  Object.assign(step, { outcome, endedAt, ...(detail && { detail }), ...(exitCode !== undefined && { exitCode }) });
}
