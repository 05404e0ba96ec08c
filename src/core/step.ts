import { z } from "zod";
import type { EngineEvent } from "./engine-event.ts";

/** One line of the card: a command of the orchestrator or a step of the harness. */
export const Step = z.object({
  id: z.string(),
  label: z.string(),
  outcome: z.enum(["running", "ok", "failed", "denied", "interrupted"]),
  /** The newest thing the engine inside this step said it does. */
  progress: z.string().optional(),
  detail: z.string().optional(),
});
export type Step = z.infer<typeof Step>;

/** How many steps a state remembers; the ledger has them all. */
const rememberedSteps = 12;

export function addStep(steps: readonly Step[], { stepId, label }: { stepId: string; label: string }): Step[] {
  const begun: Step = { id: stepId, label, outcome: "running" };
  return [...steps, begun].slice(-rememberedSteps);
}

export function replaceStep(steps: readonly Step[], id: string, news: Partial<Step>): Step[] {
  return steps.map((step) => (step.id === id ? { ...step, ...news } : step));
}

export function interruptSteps(steps: readonly Step[]): Step[] {
  return steps.map((step) => (step.outcome === "running" ? { ...step, outcome: "interrupted" as const } : step));
}

export function progressOf(event: EngineEvent): Partial<Step> {
  return event.type === "action" ? { progress: event.title } : {};
}
