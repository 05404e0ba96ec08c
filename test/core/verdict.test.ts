import { expect, test } from "vitest";
import type { CheckResult } from "../../src/core/measurement.ts";
import { judge, type Measurement } from "../../src/core/verdict.ts";

const check = (label: string, outcome: CheckResult["outcome"]): CheckResult => ({
  label,
  outcome,
  argv: ["node", "--test"],
  exitCode: outcome === "failed" ? 1 : 0,
  durationMs: 1,
  tail: "",
});

const passing: Measurement = {
  changed: true,
  violations: [],
  checks: [check("unit", "passed")],
  iteration: 1,
  maxIterations: 3,
};

test.each<[string, Partial<Measurement>, string]>([
  ["a change whose checks pass", {}, "accept"],
  ["no change", { changed: false }, "iterate"],
  ["no change at the last attempt", { changed: false, iteration: 3 }, "reject"],
  ["no checks", { checks: [] }, "block"],
  ["a check that proved nothing", { checks: [check("unit", "passed"), check("lint", "unavailable")] }, "block"],
  [
    "a check that proved nothing beside a failed one",
    { checks: [check("a", "failed"), check("b", "unavailable")] },
    "block",
  ],
  ["a failed check", { checks: [check("unit", "failed")] }, "iterate"],
  ["a failed check at the last attempt", { checks: [check("unit", "failed")], iteration: 3 }, "reject"],
  ["a change out of scope, though its checks pass", { violations: ["x is outside the scope."] }, "iterate"],
  ["a change out of scope at the last attempt", { violations: ["x is outside the scope."], iteration: 3 }, "reject"],
])("GT-16 GT-18 %s", (_name, news, verdict) => {
  expect(judge({ ...passing, ...news }).verdict).toBe(verdict);
});

test("GT-16 a failed check is named with its exit code", () => {
  const { reasons } = judge({ ...passing, checks: [check("unit", "failed")] });

  expect(reasons).toEqual(['Check "unit" failed with exit code 1.']);
});
