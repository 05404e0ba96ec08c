import { expect, test } from "vitest";
import { type CheckRun, compareRuns, findingsOf } from "../../src/core/compare-runs.ts";

const report = (passed: number, failures: readonly string[] = [], skipped = 0, runner = "vitest"): CheckRun => ({
  exitCode: failures.length > 0 ? 1 : 0,
  tests: { runner, passed, failed: failures.length, skipped, failures: [...failures] },
});
const silent = (exitCode: number | null): CheckRun => ({ exitCode, findings: [] });
const printed = (exitCode: number, output: string): CheckRun => ({ exitCode, findings: findingsOf(output) });

test.each<[string, CheckRun, CheckRun | undefined, string, RegExp?]>([
  ["green on both", report(3), report(3), "passed"],
  ["new tests that pass", report(5), report(3), "passed"],
  ["an old failure that is mended", report(3), report(2, ["adds"]), "passed"],
  ["a new failure", report(2, ["adds"]), report(3), "failed", /New: "adds"/],
  ["a new failure beside an old one", report(1, ["adds", "old"]), report(2, ["old"]), "failed", /New: "adds"/],
  ["an old failure traded for a new one", report(2, ["adds"]), report(2, ["old"]), "failed", /New: "adds"/],
  ["only old failures", report(2, ["old"]), report(2, ["old"]), "as_before", /1 test failed before .*"old"/],
  [
    "only old failures, and nothing that passes",
    report(0, ["old"]),
    report(0, ["old"]),
    "failed",
    /no test in it passes/,
  ],
  ["a test that disappeared", report(2), report(3), "failed", /1 test of the base is gone/],
  ["a failing test that was removed", report(2), report(2, ["old"]), "failed", /gone/],
  ["a failing test that was skipped", report(2, [], 1), report(2, ["old"]), "failed", /skipped/],
  ["a test that is newly skipped", report(2, [], 1), report(3), "failed", /1 test more is skipped/],
  ["no test at all", report(0), undefined, "unavailable", /counts no test/],
  ["every test skipped", report(0, [], 3), report(0, [], 3), "unavailable", /skipped/],
  ["a report that vanished", silent(0), report(3), "unavailable", /now none/],
  ["a report of another runner", report(3, [], 0, "mocha"), report(3), "unavailable", /now one of mocha/],
  [
    "one report more than on the base",
    report(9, [], 0, "vitest, 2 times"),
    report(3),
    "unavailable",
    /printed 1 report of vitest, and now 2\..*package.*read the diff.*a check for each package/,
  ],
  ["exit code 0 with failures in the report", { ...report(2, ["adds"]), exitCode: 0 }, report(3), "failed"],
  ["a script without counts, green on both", silent(0), silent(0), "passed"],
  ["a script without counts, red on both", silent(1), silent(1), "failed", /no counts/],
  ["a timeout", silent(null), silent(0), "failed"],
  ["a crash that names no failing test", { ...report(3), exitCode: 1 }, report(2, ["old"]), "failed"],
])("GT-13 GT-14 a test check: %s", (_name, after, before, outcome, reason = /^/) => {
  const comparison = compareRuns("test", after, before);

  expect(comparison.outcome).toBe(outcome);
  expect(comparison.reason ?? "").toMatch(reason);
});

test.each<[string, string, string, string]>([
  ["the same complaint on another line", "src/a.ts(3,1): error TS1\n", "src/a.ts(9,4): error TS1\n", "as_before"],
  [
    "fewer complaints",
    "src/a.ts(3,1): error TS1\nsrc/b.ts(1,1): error TS2\n",
    "src/a.ts(3,1): error TS1\n",
    "as_before",
  ],
  ["one more of a known kind", "a.ts(3,1): error TS1\n", "a.ts(3,1): error TS1\na.ts(5,1): error TS1\n", "failed"],
  ["another complaint", "a.ts(3,1): error in x\n", "a.ts(3,1): error in y\n", "failed"],
])("GT-14 a compiler that was red: %s", (_name, before, after, outcome) => {
  expect(compareRuns("typecheck", printed(2, after), printed(2, before)).outcome).toBe(outcome);
});

test.each<[string, string[], string[] | undefined, string]>([
  ["nothing", [], [], "passed"],
  ["what the base's tests change too", ["notes.txt"], ["notes.txt"], "passed"],
  ["the code that is tested", ["notes.txt", "price.js"], ["notes.txt"], "failed"],
  ["something, where the base was not measured", ["price.js"], undefined, "failed"],
])("GT-13 a green run that changes %s while it runs", (_name, after, before, outcome) => {
  const base = before && { ...report(3), touched: before };

  expect(compareRuns("test", { ...report(3), touched: after }, base).outcome).toBe(outcome);
});

test("GT-14 more output than can be compared is held against the work", () => {
  const flood = "error\n".repeat(5_000);

  expect(compareRuns("lint", printed(1, flood), printed(1, flood)).outcome).toBe("failed");
});
