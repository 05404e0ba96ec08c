import { allOf, type ReadReport, report, sumOf, timesOf } from "./report.ts";

/** node:test, both as people see it (`ℹ tests 7`) and as TAP (`# tests 7`). https://nodejs.org/api/test.html#test-reporters */
export const nodeTest: ReadReport = (output) => {
  const summaries = allOf(output, /^[ℹ#] tests (\d+)$/gm).length;
  if (summaries === 0) return undefined;
  const count = (word: string) => sumOf(output, new RegExp(`^[ℹ#] ${word} (\\d+)$`, "gm"));
  const counts = {
    passed: Math.max(0, count("pass") - silentFiles(output)),
    failed: count("fail") + count("cancelled"),
    skipped: count("skipped") + count("todo"),
  };
  const spec = allOf(output, /^\s*✖ (.+) \([\d.]+ms\)$/gm);
  const tap = allOf(output, /^\s*not ok \d+ - ([^#\n]+)(?!.*# (?:SKIP|TODO))$/gm);
  return report(timesOf("node:test", summaries), counts, [...spec, ...tap]);
};

/** A file that ends well without having run a test is reported as a test of its own name; it is none. */
function silentFiles(output: string): number {
  return allOf(output, /^(?:✔|ok \d+ -) (\S+\.[cm]?[jt]sx?)(?: \([\d.]+ms\))?$/gm).length;
}

/** ` Tests  1 failed | 2 passed | 1 skipped (4)` */
export const vitest: ReadReport = (output) => {
  const lines = allOf(output, /^\s*Tests {2,}((?:\d+ \w+(?: \| )?)+)(?: \(\d+\))?/gm);
  if (lines.length === 0) return undefined;
  const all = lines.join("\n");
  const count = (word: string) => sumOf(all, new RegExp(`(\\d+) ${word}\\b`, "g"));
  const counts = { passed: count("passed"), failed: count("failed"), skipped: count("skipped") + count("todo") };
  return report(timesOf("vitest", lines.length), counts, allOf(output, /^\s*FAIL {1,2}(\S.* > .+)$/gm));
};

/** `Tests:       1 failed, 1 skipped, 2 passed, 4 total` */
export const jest: ReadReport = (output) => {
  const lines = allOf(output, /^Tests: +((?:\d+ \w+(?:, )?)+)$/gm);
  if (lines.length === 0) return undefined;
  const all = lines.join("\n");
  const count = (word: string) => sumOf(all, new RegExp(`(\\d+) ${word}\\b`, "g"));
  const counts = { passed: count("passed"), failed: count("failed"), skipped: count("skipped") + count("todo") };
  return report(timesOf("jest", lines.length), counts, allOf(output, /^ {2}● (.+ › .+|[^›\n]+)$/gm));
};

/** `  2 passing (5ms)`, `  1 failing`, `  1 pending` */
export const mocha: ReadReport = (output) => {
  const summaries = allOf(output, /^ {2}(\d+) passing \(.+\)$/gm).length;
  if (summaries === 0) return undefined;
  const count = (word: string) => sumOf(output, new RegExp(`^ {2}(\\d+) ${word}\\b`, "gm"));
  const counts = { passed: count("passing"), failed: count("failing"), skipped: count("pending") };
  return report(timesOf("mocha", summaries), counts, allOf(output, /^ {2}\d+\) (.+)$/gm));
};
