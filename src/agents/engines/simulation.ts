import { z } from "zod";

/** Names the file that holds a Simulation. Without it the simulated engine leaves a note and says what it is. */
export const simulationVariable = "CHARGEHAND_SIMULATION";

const path = z.string().min(1);
const durationMs = z.number().int().nonnegative();

/** One thing the simulated engine does. Paths are relative to its worktree; nothing keeps it inside but the sandbox. */
export const SimulatedStep = z.union([
  z.strictObject({ say: z.string() }),
  z.strictObject({ write: z.strictObject({ path, text: z.string() }) }),
  z.strictObject({ replace: z.strictObject({ path, find: z.string().min(1), with: z.string() }) }),
  z.strictObject({ remove: path }),
  z.strictObject({ run: z.array(z.string()).min(1) }),
  z.strictObject({ sleepMs: durationMs }),
  z.strictObject({ hang: z.literal(true) }),
  /** Ends at once, without a word. */
  z.strictObject({ exit: z.number().int().min(0).max(255) }),
  /** Ends and says why it could not do its work. */
  z.strictObject({ fail: z.string().min(1) }),
  /** A raw line of output. */
  z.strictObject({ print: z.string() }),
  z.strictObject({ floodBytes: z.number().int().positive() }),
  /** Leaves a process behind, in a session of its own, that writes a file later. */
  z.strictObject({ escape: z.strictObject({ path, text: z.string(), afterMs: durationMs }) }),
]);
export type SimulatedStep = z.infer<typeof SimulatedStep>;

export const Scenario = z.strictObject({
  /** A regular expression that the prompt must match; without it every prompt does. */
  when: z.string().refine(isPattern, "write a regular expression").optional(),
  /** Only in this run of the engine for a job, counted from 1. */
  onRun: z.number().int().positive().optional(),
  do: z.array(SimulatedStep),
});
export type Scenario = z.infer<typeof Scenario>;

/** What the simulated engine does, by prompt: the first scenario that fits is played. */
export const Simulation = z.array(Scenario).min(1);
export type Simulation = z.infer<typeof Simulation>;

export function chooseScenario(
  simulation: Simulation,
  { prompt, run }: { readonly prompt: string; readonly run: number },
): Scenario | undefined {
  return simulation.find(
    ({ when, onRun }) => (when === undefined || new RegExp(when, "i").test(prompt)) && (onRun ?? run) === run,
  );
}

/** What is played where no script is given or none of its scenarios fits. */
export function unscripted(prompt: string, noteSoFar: string): Scenario {
  return {
    do: [
      { write: { path: "CHARGEHAND_SIMULATED.md", text: `${noteSoFar}- ${prompt.replace(/\s+/g, " ").trim()}\n` } },
      {
        say: "Simulated: no model was asked. The order was noted in CHARGEHAND_SIMULATED.md; nothing else was changed.",
      },
    ],
  };
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
