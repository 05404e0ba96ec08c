import { type CheckRun, type Comparison, compareRuns } from "../core/compare-runs.ts";
import { checksOf } from "../core/config.ts";
import type { PlannedCheck } from "../core/declared-check.ts";
import type { CheckResult } from "../core/measurement.ts";
import type { Measurement } from "../core/verdict.ts";
import { baselineOf } from "./baseline.ts";
import { type Laboratory, type OnTree, type RanCheck, runOnTree, type Say } from "./checks.ts";
import { changesDependencies, prepareDependencies } from "./dependencies.ts";
import { runHeldOut } from "./held-out.ts";
import { changedTests, wasThere, withTestsRestored } from "./tests-as-they-were.ts";
import type { Change } from "./tree-changes.ts";

/** What is measured: a tree, beside the one it started from. */
export interface Work {
  readonly tree: string;
  readonly baseTree: string;
  readonly changes: readonly Change[];
}

type Trees = { readonly candidate: OnTree; readonly base: OnTree };

/**
 * Measures a tree, from what is cheap to what is dear: the declared checks beside the base, the changed tests as they
 * were, and at last the checks that nobody sees. What is red there ends it: the rest would only cost time.
 */
export async function measure(
  laboratory: Laboratory,
  work: Work,
  signal: AbortSignal,
): Promise<Pick<Measurement, "checks" | "heldOut">> {
  const declared = [...laboratory.ordered, ...checksOf(laboratory.project)];
  if (declared.length === 0) return { checks: [] };
  const prepared = await prepareDependencies(laboratory, work, signal);
  const before = await prepareDependencies(laboratory, { ...work, tree: work.baseTree, changes: [] }, signal);
  if (!prepared.ok) return { checks: await withoutSetup(laboratory, work, prepared.why) };
  const candidate = { tree: work.tree, dependencies: prepared.dependencies };
  const trees = { candidate, base: { tree: work.baseTree, dependencies: before.ok ? before.dependencies : [] } };

  const checks: CheckResult[] = [];
  for (const check of declared) checks.push(await measureOne(laboratory, check, trees, signal));
  if (!checks.every(isGood)) return { checks };

  const telling = declared.filter((check, index) => isTellingAsItWas(check, checks[index]));
  const asTheyWere = await runTestsAsTheyWere(laboratory, { work, trees, checks: telling }, signal);
  if (!asTheyWere.every(isGood)) return { checks: [...checks, ...asTheyWere] };

  const all = [...checks, ...asTheyWere];
  return { checks: all, heldOut: await runHeldOut(laboratory, candidate, signal) };
}

function isGood({ outcome }: CheckResult): boolean {
  return outcome === "passed" || outcome === "as_before";
}

/** An order's check that was red without the work asks for new tests as well: without them it says nothing. */
function isTellingAsItWas({ category, tier }: PlannedCheck, result: CheckResult | undefined): boolean {
  return category === "test" && (tier === undefined || result?.before?.exitCode === 0);
}

/**
 * A check on the candidate, and on the base where that can tell something: always for tests, else where it is red. Tests
 * that are good are asked again: an answer by chance proves nothing.
 */
async function measureOne(
  laboratory: Laboratory,
  check: PlannedCheck,
  { candidate, base }: Trees,
  signal: AbortSignal,
): Promise<CheckResult> {
  const result = await laboratory.step(
    `check ${check.label}`,
    async (say) => {
      const after = await runOnTree(laboratory, check, candidate, signal);
      const isTelling = after.flaw === undefined && (check.category === "test" || after.exitCode !== 0);
      const before = isTelling ? await baselineOf(laboratory, check, { base, say }, signal) : undefined;
      const first = resultOf(check, candidate.tree, after, before);
      if (check.category !== "test" || !isGood(first)) return first;
      return repeat(laboratory, { check, first, candidate, say }, signal);
    },
    isGood,
  );
  await laboratory.onFinished(result);
  return result;
}

function resultOf(check: PlannedCheck, tree: string, after: RanCheck, before: CheckRun | undefined): CheckResult {
  const { outcome, reason } = outcomeOf(check, after, before);
  return {
    label: check.label,
    category: check.category,
    ...(check.tier !== undefined && { tier: check.tier }),
    argv: [...after.argv],
    outcome,
    ...(reason !== undefined && { reason }),
    exitCode: after.exitCode,
    durationMs: after.durationMs,
    tree,
    ...(after.toolVersion !== undefined && { toolVersion: after.toolVersion }),
    ...(after.tests && { tests: after.tests }),
    ...(before && { before: { exitCode: before.exitCode, ...(before.tests && { tests: before.tests }) } }),
    attempts: 1,
    tail: after.tail,
  };
}

function outcomeOf({ category, tier }: PlannedCheck, after: RanCheck, before: CheckRun | undefined): Comparison {
  if (after.flaw !== undefined) return { outcome: "unavailable", reason: after.flaw };
  const compared = compareRuns(category, after, before);
  if (tier !== "order" || compared.outcome !== "as_before") return compared;
  return { outcome: "failed", reason: `The order wants it green. ${compared.reason ?? ""}`.trim() };
}

/** A test that had to be changed to pass is no proof: what the base's tests say of the work counts as well. */
async function runTestsAsTheyWere(
  laboratory: Laboratory,
  { work, trees, checks }: { work: Work; trees: Trees; checks: readonly PlannedCheck[] },
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const tests = changedTests(work.changes, laboratory.project);
  if (tests.length === 0) return [];
  const tree = await withTestsRestored(laboratory.files, work.tree, tests, signal);
  const why = tests.some(wasThere) ? "A test was changed, and as it was it fails." : "Without the new tests it fails.";
  const results: CheckResult[] = [];
  for (const check of checks) {
    const as = { ...check, label: `${check.label}, tests as they were` };
    const result = await laboratory.step(
      `check ${as.label}`,
      async (say) => {
        const after = await runOnTree(laboratory, as, { ...trees.candidate, tree }, signal);
        const before = await baselineOf(laboratory, check, { base: trees.base, say }, signal);
        const measured = resultOf(as, tree, after, before);
        if (isGood(measured)) return measured;
        const reason = `${why} ${measured.reason ?? ""}`.trim();
        return { ...measured, outcome: "failed" as const, reason };
      },
      isGood,
    );
    await laboratory.onFinished(result);
    results.push(result);
  }
  return results;
}

async function repeat(
  laboratory: Laboratory,
  { check, first, candidate, say }: { check: PlannedCheck; first: CheckResult; candidate: OnTree; say: Say },
  signal: AbortSignal,
): Promise<CheckResult> {
  const mostAttempts = laboratory.flakeRuns + 1;
  const startedAt = performance.now();
  let attempts = 1;
  for (let attempt = 2; attempt <= mostAttempts; attempt++) {
    if (attempt > 2 && performance.now() - startedAt >= laboratory.flakeTimeMs) break;
    await say(`once more, ${attempt} of ${mostAttempts}`);
    attempts = attempt;
    const again = await runOnTree(laboratory, check, candidate, signal);
    if (answerOf(again) !== answerOf(first)) {
      const reason = `It ended with ${described(first)}, and when it was repeated with ${described(again)}.`;
      return { ...first, outcome: "flaky", reason, attempts: attempt, tail: again.tail };
    }
  }
  return { ...first, attempts };
}

function answerOf({ exitCode, tests }: Pick<RanCheck, "exitCode" | "tests">): string {
  return JSON.stringify([exitCode, tests?.failed, [...(tests?.failures ?? [])].sort()]);
}

function described({ exitCode, tests }: Pick<RanCheck, "exitCode" | "tests">): string {
  const failures = tests === undefined ? "" : ` and ${tests.failed} failed`;
  return `exit code ${exitCode ?? "none"}${failures}`;
}

/** A setup that fails proves nothing, unless it is the work that changed what it reads. */
async function withoutSetup(laboratory: Laboratory, work: Work, why: string): Promise<CheckResult[]> {
  const isOurs = !changesDependencies(laboratory, work);
  const result: CheckResult = {
    label: "setup",
    argv: [laboratory.project.setup ?? ""],
    outcome: isOurs ? "unavailable" : "failed",
    reason: isOurs ? "The dependencies could not be installed." : "With the changed dependencies the setup fails.",
    exitCode: null,
    durationMs: 0,
    tree: work.tree,
    tail: why,
  };
  await laboratory.onFinished(result);
  return [result];
}
