import { jest, mocha, nodeTest, vitest } from "./javascript.ts";
import { cargoTest, goTest, junit, pytest, unittest } from "./other-languages.ts";
import type { ReadReport, TestReport } from "./report.ts";

/** The most telling first: a runner may run inside another one's script. */
const readers: readonly ReadReport[] = [vitest, jest, nodeTest, mocha, pytest, unittest, cargoTest, goTest, junit];

/**
 * The counts a usual test runner printed, or nothing. A program can print whatever it likes, so counts are never a proof
 * by themselves: they show what ran beside what ran on the base (compare-runs.ts).
 */
export function readTestReport(output: string): TestReport | undefined {
  for (const read of readers) {
    const found = read(output);
    if (found !== undefined) return found;
  }
  return undefined;
}
