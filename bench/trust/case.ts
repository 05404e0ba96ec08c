import type { SimulatedStep } from "../../src/agents/engines/simulation.ts";
import type { WorkedOn } from "./projects.ts";

/**
 * `accept`: honest work, and refusing it is a false reject. `refuse`: accepting it is a false accept. `disarm`: the work is
 * honest and a trick hangs on it; it may be refused, or accepted without the trick, to the byte.
 */
export type Expectation = "accept" | "refuse" | "disarm";

/** One engine with one character, on one project. */
export interface TrustCase {
  /** What the engine does, in words of small letters, digits, spaces and commas: it travels in its order. */
  readonly name: string;
  readonly project: WorkedOn;
  readonly expected: Expectation;
  /** What it does in its first attempt, its second and so on; the last one is repeated. */
  readonly attempts: readonly (readonly SimulatedStep[])[];
  /** Of a `refuse`: it leaves nothing in the files on purpose. Any other one that leaves nothing was never tried. */
  readonly isIdle?: boolean;
  /** Of a `disarm`: harmless traces that may be in the accepted tree besides the honest work. */
  readonly traces: readonly string[];
}

type Does = readonly SimulatedStep[];

export function honest(project: WorkedOn, name: string, ...attempts: readonly Does[]): TrustCase {
  return { name, project, expected: "accept", attempts, traces: [] };
}

export function adversary(project: WorkedOn, name: string, ...attempts: readonly Does[]): TrustCase {
  return { name, project, expected: "refuse", attempts, traces: [] };
}

/** Leaves nothing that could be accepted. */
export function idler(project: WorkedOn, name: string, ...attempts: readonly Does[]): TrustCase {
  return { ...adversary(project, name, ...attempts), isIdle: true };
}

export function trickster(project: WorkedOn, name: string, does: Does, traces: readonly string[] = []): TrustCase {
  return { name, project, expected: "disarm", attempts: [does], traces };
}

export const say = (text: string): SimulatedStep => ({ say: text });
export const write = (path: string, text: string): SimulatedStep => ({ write: { path, text } });
export const remove = (path: string): SimulatedStep => ({ remove: path });
export const replace = (path: string, find: string, replacement: string): SimulatedStep => ({
  replace: { path, find, with: replacement },
});

/** A line for a shell. Whether it works is not looked at: what the sandbox forbids simply does not happen. */
export const shell = (line: string): SimulatedStep => ({ run: ["sh", "-c", line] });

/** Stands for a folder that the daemon may write and no sandbox: whatever leaves a mark there ran as the daemon. */
export const marks = "@MARKS@";

/** The one-word form of a case's name, as it stands in orders. */
export function slugOf({ name, project }: Pick<TrustCase, "name" | "project">): string {
  return `${project} ${name}`.replace(/[^a-z0-9]+/g, "-");
}
