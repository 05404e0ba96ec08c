import { InvalidArgumentError } from "commander";
import { Duration } from "../core/duration.ts";

/** The example that every command's help ends with. */
export function example(...lines: readonly string[]): string {
  return ["", lines.length === 1 ? "Example:" : "Examples:", ...lines.map((line) => `  $ chargehand ${line}`)].join(
    "\n",
  );
}

/** `10m` on the command line, as milliseconds. */
export function durationMs(typed: string): number {
  const parsed = Duration.safeParse(typed);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? "Write a duration: 30s, 10m.");
}

/** An option that may be given several times. */
export function eachOne(typed: string, before: readonly string[] = []): readonly string[] {
  return [...before, typed];
}

/** A whole number within bounds on the command line. */
export function wholeNumber(lowest: number, highest: number): (typed: string) => number {
  return (typed) => {
    const number = Number(typed);
    if (/^\d+$/.test(typed) && number >= lowest && number <= highest) return number;
    throw new InvalidArgumentError(`Write a whole number from ${lowest} to ${highest}.`);
  };
}
