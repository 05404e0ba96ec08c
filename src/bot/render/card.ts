import { isTerminal, type JobState } from "../../core/job.ts";
import type { Step } from "../../core/step.ts";
import { callbackData } from "../callback-data.ts";
import type { Content, Keyboard } from "../message.ts";
import { clip, clipLine } from "../text/cut.ts";
import { code, italic, join, lines, type Piece, paragraphs, type RichText } from "../text/rich-text.ts";
import { expense, headline, type JobIdentity } from "./headline.ts";
import { statusWords } from "./status.ts";

const shownSteps = 6;
const lineLength = 90;

/** The card of a job: what is true of it now, on one screen of a phone. */
export function renderCard(job: JobState, now: number): Content {
  const card = paragraphs(headline(statusWords(job), job), note(job), stepList(job), footer(job, now));
  return { ...clip(card), keyboard: canBeCancelled(job) ? cancelKeyboard(job.id) : [] };
}

/** The card of an order that no daemon has taken yet, and why it waits where nobody is there to take it. */
export function renderOrderCard(
  job: JobIdentity,
  { obstacle, isInOverview }: { obstacle: string | undefined; isInOverview: boolean },
): Content {
  if (isInOverview && obstacle === undefined) return { ...resting(job), keyboard: cancelKeyboard(job.id) };
  const card = paragraphs(headline({ mark: "◌", word: "Queued" }, job), obstacle);
  return { ...card, keyboard: cancelKeyboard(job.id) };
}

/** The card of a live job that an overview shows: it stays true without a change until the job has ended. */
export function renderRestingCard(job: JobState): Content {
  return { ...resting(job), keyboard: canBeCancelled(job) ? cancelKeyboard(job.id) : [] };
}

function resting(job: JobIdentity): RichText {
  return paragraphs(headline({ mark: "▸", word: "Ordered" }, job), italic("The overview shows how it stands."));
}

/** From the verdict on, the buttons of the question decide, not this one. */
export function canBeCancelled(job: JobState): boolean {
  return !isTerminal(job.status) && job.accepted === undefined;
}

export function cancelKeyboard(jobId: string): Keyboard {
  return [[{ text: "Cancel", data: callbackData({ type: "cancel", jobId }) }]];
}

function note(job: JobState): Piece | undefined {
  if (job.status === "awaiting_approval") return "The question is below.";
  if (job.line !== undefined && !isTerminal(job.status)) return placeInLine(job.line);
  const hasReason = isTerminal(job.status) || job.status === "interrupted";
  return hasReason && job.reason ? clipLine(job.reason, 300) : undefined;
}

function placeInLine({ position, behind }: NonNullable<JobState["line"]>): string {
  return clipLine(`Every place is taken. Number ${position} in line, behind ${behind.join(", ")}.`, 300);
}

function stepList({ status, steps, stepCount }: JobState): RichText | undefined {
  if (steps.length === 0) return undefined;
  const shown = steps.slice(-shownSteps).map((step) => (isTerminal(status) ? ended(step) : step));
  const earlier = stepCount - shown.length;
  return lines(earlier > 0 && `… ${earlier} earlier ${earlier === 1 ? "step" : "steps"}`, ...shown.flatMap(stepLines));
}

/** Nothing runs in a job that has ended, whatever was last heard of the step. */
function ended(step: Step): Step {
  return step.outcome === "running" ? { ...step, outcome: "interrupted" } : step;
}

function stepLines(step: Step): Piece[] {
  const line = join(stepMark(step), " ", code(clipLine(step.label, lineLength)), stepOutcome(step));
  const progress = step.outcome === "running" && step.progress ? clipLine(step.progress, lineLength) : "";
  return progress === "" ? [line] : [line, join("    ", italic(progress))];
}

function stepMark({ outcome }: Step): string {
  if (outcome === "running") return "▸";
  return outcome === "ok" ? "✓" : "✗";
}

function stepOutcome({ outcome, detail }: Step): string {
  if (outcome === "running") return "";
  const word = { ok: "", failed: "", denied: "denied", interrupted: "interrupted" }[outcome];
  const words = [word, detail && clipLine(detail, lineLength)].filter(Boolean).join(": ");
  return words === "" ? "" : ` — ${words}`;
}

function footer(job: JobState, now: number): Piece {
  const iteration = job.iteration > 0 && job.maxIterations > 1 && `iteration ${job.iteration}/${job.maxIterations}`;
  const spent = (job.startedAt ?? job.endedAt) !== undefined && expense(job, now);
  return join([iteration, spent].filter(Boolean).join(" · "));
}
