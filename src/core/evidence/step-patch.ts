import type { StepResult } from "./steps.ts";

/** What `patch.diff` of a step holds: a text, or the difference between two trees that git has to tell. */
export type StepPatch =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "difference"; readonly before: string; readonly after: string };

/** Nothing where a step changed nothing, and a note where nobody can tell what it changed. */
export function patchOfStep({ number, worktree, outcome, change }: StepResult): StepPatch {
  if (worktree === undefined || worktree === "main" || outcome === "denied") return nothing;
  if (change === undefined) return note("What this step changed was not measured.");
  const { before, after, steps } = change;
  const last = steps.at(-1);
  if (before === after) return nothing;
  if (last === number) return { type: "difference", before, after };
  return note(`Measured together with steps ${steps.join(", ")}: the difference is with step ${last}.`);
}

const nothing: StepPatch = { type: "text", text: "" };

/** git passes over lines before the first `diff`, so a note is a patch too. */
const noteMark = "# ";

function note(sentence: string): StepPatch {
  return { type: "text", text: `${noteMark}${sentence}\n` };
}

export function isNote(patch: string): boolean {
  return patch.startsWith(noteMark);
}

/** What is said where the difference was never written down and its repository is gone. */
export const lostPatch = `${noteMark}The difference could not be made: the job's repository is gone.\n`;

/** One step is a part of the job; what is longer can be made again from the trees, while they exist. */
const maxLength = 1_000_000;

export function boundedPatch(patch: string): string {
  const left = patch.length - maxLength;
  if (left <= 0) return patch;
  return `${patch.slice(0, maxLength)}\n${noteMark}${left} more characters are left out.\n`;
}
