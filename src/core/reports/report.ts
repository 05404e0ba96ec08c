import { z } from "zod";

/** What a test runner's own summary says: how many tests there were and which of them failed. */
export const TestReport = z.object({
  runner: z.string(),
  passed: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  skipped: z.number().int().nonnegative(),
  /** Names of failed tests, as the runner writes them; not more than `maxNames`. */
  failures: z.array(z.string()),
});
export type TestReport = z.infer<typeof TestReport>;

/** Reads one runner's summary out of what it printed, or finds none. */
export type ReadReport = (output: string) => TestReport | undefined;

/** Names of failed tests that are kept. */
export const maxNames = 200;
const maxNameLength = 200;

/** Adds up the summaries of one output: workspaces, packages and test binaries print one each. */
export function report(
  runner: string,
  counts: Omit<TestReport, "runner" | "failures">,
  failures: Iterable<string>,
): TestReport {
  const names = new Set(
    Array.from(failures, (name) => name.trim().slice(0, maxNameLength)).filter((name) => name !== ""),
  );
  return { runner, ...counts, failures: [...names].slice(0, maxNames) };
}

/**
 * The name of a runner that printed this many summaries. Code under test that prints one of its own makes one more, so
 * it is no longer the report that the base printed.
 */
export function timesOf(runner: string, summaries: number): string {
  return summaries > 1 ? `${runner}, ${summaries} times` : runner;
}

/** The same read back: whose report it is, and how many summaries it holds. */
export function summariesOf(runner: string): { readonly name: string; readonly summaries: number } {
  const [, name = runner, summaries = "1"] = /^(.+), (\d+) times$/.exec(runner) ?? [];
  return { name, summaries: Number(summaries) };
}

/** The sum of a number that a pattern finds anywhere in the text. */
export function sumOf(output: string, pattern: RegExp): number {
  return output.matchAll(pattern).reduce((sum, [, digits]) => sum + Number(digits), 0);
}

/** What the first group of a pattern holds, everywhere it is found. */
export function allOf(output: string, pattern: RegExp): string[] {
  return Array.from(output.matchAll(pattern), ([, text = ""]) => text);
}

/** A name in its file, package or class. Without it, a test that fails here cannot be told from its namesake elsewhere. */
export function withPlace(place: string | undefined, name: string): string {
  return place === undefined ? name : `${place}: ${name}`;
}
