import { z } from "zod";
import { ObjectId } from "../measurement.ts";

/** The tree of a worktree's files before and after a step. */
export const StepTrees = z.object({ before: ObjectId, after: ObjectId });
export type StepTrees = z.infer<typeof StepTrees>;

/** What lies between two measurements of one worktree. `before` is the base commit where nothing was measured earlier. */
export const StepChange = z.strictObject({
  before: ObjectId,
  after: ObjectId,
  /** The steps that ran in between, by number. Only for a single one is it known who changed what. */
  steps: z.array(z.number().int().positive()).min(1),
});
export type StepChange = z.infer<typeof StepChange>;

interface Changing {
  readonly number: number;
  change?: StepChange | undefined;
}

/**
 * Says of each step what it changed, out of the measurements around it. Engines are measured before and after; of other
 * commands it is known what they changed once their worktree is measured again.
 */
export class StepChanges {
  readonly #known = new Map<string, string>();
  readonly #open = new Map<string, Set<Changing>>();

  /** A step that may change this worktree. */
  began(worktree: string, step: Changing): void {
    this.#openIn(worktree).add(step);
  }

  /** It did not run, so it changed nothing. */
  withdraw(worktree: string, step: Changing): void {
    this.#openIn(worktree).delete(step);
  }

  /** A step that was measured by itself. */
  ended(worktree: string, step: Changing, { before, after }: StepTrees): void {
    this.withdraw(worktree, step);
    this.measured(worktree, before);
    step.change = { before, after, steps: [step.number] };
    this.#known.set(worktree, after);
  }

  /** What the files of a worktree are now; whatever ran there since the last time has led to it. */
  measured(worktree: string, tree: string): void {
    const before = this.#known.get(worktree);
    const steps = [...this.#openIn(worktree)];
    this.#known.set(worktree, tree);
    this.#open.delete(worktree);
    if (before === undefined) return;
    const together = steps.map(({ number }) => number);
    for (const step of steps) {
      step.change = { before, after: tree, steps: before === tree ? [step.number] : together };
    }
  }

  #openIn(worktree: string): Set<Changing> {
    const open = this.#open.get(worktree) ?? new Set();
    this.#open.set(worktree, open);
    return open;
  }
}
