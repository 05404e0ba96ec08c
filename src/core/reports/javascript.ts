import { allOf, type ReadReport, report, sumOf } from "./report.ts";

/** node:test, both as people see it (`ℹ tests 7`) and as TAP (`# tests 7`). https://nodejs.org/api/test.html#test-reporters */
export const nodeTest: ReadReport = (output) => {
  if (!/^[ℹ#] tests \d+$/m.test(output)) return undefined;
  const count = (word: string) => sumOf(output, new RegExp(`^[ℹ#] ${word} (\\d+)$`, "gm"));
  const counts = {
    passed: count("pass"),
    failed: count("fail") + count("cancelled"),
    skipped: count("skipped") + count("todo"),
  };
  const spec = allOf(output, /^\s*✖ (.+) \([\d.]+ms\)$/gm);
  const tap = allOf(output, /^\s*not ok \d+ - ([^#\n]+)(?!.*# (?:SKIP|TODO))$/gm);
  return report("node:test", counts, [...spec, ...tap]);
};

/** ` Tests  1 failed | 2 passed | 1 skipped (4)` */
export const vitest: ReadReport = (output) => {
  const lines = allOf(output, /^\s*Tests {2,}((?:\d+ \w+(?: \| )?)+)(?: \(\d+\))?/gm);
  if (lines.length === 0) return undefined;
  const all = lines.join("\n");
  const count = (word: string) => sumOf(all, new RegExp(`(\\d+) ${word}\\b`, "g"));
  const counts = { passed: count("passed"), failed: count("failed"), skipped: count("skipped") + count("todo") };
  return report("vitest", counts, allOf(output, /^\s*FAIL {1,2}(\S.* > .+)$/gm));
};

/** `Tests:       1 failed, 1 skipped, 2 passed, 4 total` */
export const jest: ReadReport = (output) => {
  const lines = allOf(output, /^Tests: +((?:\d+ \w+(?:, )?)+)$/gm);
  if (lines.length === 0) return undefined;
  const all = lines.join("\n");
  const count = (word: string) => sumOf(all, new RegExp(`(\\d+) ${word}\\b`, "g"));
  const counts = { passed: count("passed"), failed: count("failed"), skipped: count("skipped") + count("todo") };
  return report("jest", counts, allOf(output, /^ {2}● (.+ › .+|[^›\n]+)$/gm));
};

/** `  2 passing (5ms)`, `  1 failing`, `  1 pending` */
export const mocha: ReadReport = (output) => {
  if (!/^ {2}\d+ passing \(.+\)$/m.test(output)) return undefined;
  const count = (word: string) => sumOf(output, new RegExp(`^ {2}(\\d+) ${word}\\b`, "gm"));
  const counts = { passed: count("passing"), failed: count("failing"), skipped: count("pending") };
  return report("mocha", counts, allOf(output, /^ {2}\d+\) (.+)$/gm));
};
