import { expect, test } from "vitest";
import type { CheckResult } from "../../src/core/measurement.ts";
import { judge, type Measurement, type Verdict } from "../../src/core/verdict.ts";

const check = (label: string, outcome: CheckResult["outcome"], more: Partial<CheckResult> = {}): CheckResult => ({
  label,
  outcome,
  argv: ["node", "--test"],
  exitCode: outcome === "failed" ? 1 : 0,
  durationMs: 1,
  tail: "",
  ...more,
});
const counts = (passed: number) => ({ tests: { runner: "vitest", passed, failed: 1, skipped: 0, failures: [] } });

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
  ["the tree that a person sent back, whatever its checks say", { isSentBack: true }, "iterate"],
  ["the tree that a person sent back, at the last attempt", { isSentBack: true, iteration: 3 }, "reject"],
  ["no checks", { checks: [] }, "block"],
  ["a check that proved nothing", { checks: [check("unit", "passed"), check("lint", "unavailable")] }, "block"],
  [
    "a check that proved nothing beside a failed one",
    { checks: [check("a", "failed"), check("b", "unavailable")] },
    "block",
  ],
  ["a flaky check", { checks: [check("unit", "flaky")] }, "block"],
  ["a flaky check at the last attempt", { checks: [check("unit", "flaky")], iteration: 3 }, "block"],
  ["a failed check", { checks: [check("unit", "failed")] }, "iterate"],
  ["a failed check at the last attempt", { checks: [check("unit", "failed")], iteration: 3 }, "reject"],
  ["a change out of scope, though its checks pass", { violations: ["x is outside the scope."] }, "iterate"],
  ["a change out of scope at the last attempt", { violations: ["x is outside the scope."], iteration: 3 }, "reject"],
  ["old failures beside tests that pass", { checks: [check("unit", "as_before", counts(7))] }, "accept"],
  [
    "old complaints of a linter beside tests that pass",
    { checks: [check("unit", "passed"), check("lint", "as_before")] },
    "accept",
  ],
  ["old failures and nothing that passes", { checks: [check("lint", "as_before")] }, "iterate"],
  ["held-out checks that pass", { heldOut: { iterate: "passed", reserve: "passed" } }, "accept"],
  ["held-out checks that fail", { heldOut: { iterate: "failed" } }, "iterate"],
  ["held-out checks that cannot run", { heldOut: { iterate: "unavailable" } }, "block"],
  ["a reserve that fails, with attempts left", { heldOut: { iterate: "passed", reserve: "failed" } }, "reject"],
  [
    "a failure of our own, whatever else was measured",
    { infrastructure: "git failed.", changed: false },
    "infra_error",
  ],
])("GT-16 GT-18 %s", (_name, news, verdict) => {
  expect(judge({ ...passing, ...news }).verdict).toBe(verdict);
});

test("GT-16 what could not be taken is said, even where nothing else was changed", () => {
  const { reasons } = judge({ ...passing, changed: false, violations: ["src/x cannot be read."] });

  expect(reasons).toEqual(["src/x cannot be read."]);
});

test("GT-17 LD-06 that nothing came of a wish for changes is said in one plain sentence", () => {
  expect(judge({ ...passing, isSentBack: true, checks: [] }).reasons).toEqual([
    "Nothing was changed since a person asked for changes.",
  ]);
});

test("GT-16 a failed check is named with its exit code and its reason", () => {
  const { reasons } = judge({ ...passing, checks: [check("unit", "failed", { reason: 'New: "adds".' })] });

  expect(reasons).toEqual(['Check "unit" failed with exit code 1. New: "adds".']);
});

test("GT-10 what is said of a held-out failure is one sentence that names nothing", () => {
  const { reasons } = judge({ ...passing, heldOut: { iterate: "failed" } });

  expect(reasons).toHaveLength(1);
  expect(reasons[0]).toMatch(/^Checks that this job may not see failed/);
});

/** One reason each that speaks against accepting, in the order in which they decide. */
const reasons: readonly (readonly [string, Partial<Measurement>, Verdict])[] = [
  ["a failure of our own", { infrastructure: "git failed." }, "infra_error"],
  ["what the job may not do", { violations: ["x is outside the scope."] }, "iterate"],
  ["no change", { changed: false }, "iterate"],
  ["the tree that a person sent back", { isSentBack: true }, "iterate"],
  ["no check", { checks: [] }, "block"],
  ["a check that proved nothing", { checks: [check("lint", "unavailable")] }, "block"],
  ["a flaky check", { checks: [check("api", "flaky")] }, "block"],
  ["a failed check", { checks: [check("unit", "failed")] }, "iterate"],
  ["checks that were all red before", { checks: [check("tsc", "as_before")] }, "iterate"],
  ["held-out checks that cannot run", { heldOut: { reserve: "unavailable" } }, "block"],
  ["held-out checks that fail", { heldOut: { iterate: "failed" } }, "iterate"],
  ["a reserve that fails", { heldOut: { reserve: "failed" } }, "reject"],
];

test.each(reasons)(
  "GT-16 %s is enough by itself, and nothing more comes of it at the last attempt",
  (_name, facts, verdict) => {
    expect(judge({ ...passing, ...facts }).verdict).toBe(verdict);
    expect(judge({ ...passing, ...facts, iteration: 3 }).verdict).toBe(verdict === "iterate" ? "reject" : verdict);
  },
);

const pairs = reasons.flatMap(([first, facts], at) =>
  reasons.slice(at + 1).flatMap(([second, others]) => {
    const both = together(facts, others);
    return both === undefined ? [] : [[first, second, facts, both] as const];
  }),
);

test.each(pairs)("GT-16 GT-17 %s decides before %s, and is all that is said", (_first, _second, facts, both) => {
  expect(judge({ ...passing, ...both })).toEqual(judge({ ...passing, ...facts }));
});

/** Both at once; nothing where one excludes the other. */
function together(one: Partial<Measurement>, other: Partial<Measurement>): Partial<Measurement> | undefined {
  if (one.checks?.length === 0 && other.checks !== undefined) return undefined;
  if (one.heldOut?.reserve !== undefined && other.heldOut?.reserve !== undefined) return undefined;
  const checks = [...(one.checks ?? []), ...(other.checks ?? [])];
  return {
    ...one,
    ...other,
    ...((one.checks ?? other.checks) && { checks }),
    ...((one.heldOut ?? other.heldOut) && { heldOut: { ...one.heldOut, ...other.heldOut } }),
  };
}
