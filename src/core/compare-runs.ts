import type { CheckCategory, CheckOutcome } from "./measurement.ts";
import { summariesOf, type TestReport } from "./reports/report.ts";

/** What one run of a check left to compare. */
export interface CheckRun {
  readonly exitCode: number | null;
  readonly tests?: TestReport | undefined;
  /** The lines it printed, as `findingsOf` writes them; absent where there were too many to keep. */
  readonly findings?: readonly string[] | undefined;
  /** Files of the tree that were not as before when it had ended. */
  readonly touched?: readonly string[] | undefined;
}

export interface Comparison {
  readonly outcome: Exclude<CheckOutcome, "flaky">;
  readonly reason?: string;
}

/**
 * Judges a check's run on the candidate beside its run on the base. A green exit must be backed by a report as good as
 * the base's; a red one is held against the work only as far as it is new.
 */
export function compareRuns(category: CheckCategory, after: CheckRun, before: CheckRun | undefined): Comparison {
  const meddled = category === "test" ? meddling(after, before) : undefined;
  if (meddled !== undefined) return meddled;
  const shrunk = lessThan(after.tests, before?.tests);
  const isGreen = after.exitCode === 0 && (after.tests?.failed ?? 0) === 0;
  if (isGreen) return unproven(category, after, before) ?? shrunk ?? { outcome: "passed" };
  if (before === undefined || isClean(before)) return failed(newFailures(after.tests, before?.tests));
  if (shrunk !== undefined) return shrunk;
  return category === "test" ? againstRedTests(after, before) : againstRedFindings(after, before);
}

/** Code that writes other code or other tests while it is tested is not what was written down. What the base does may be done. */
function meddling({ touched = [] }: CheckRun, before: CheckRun | undefined): Comparison | undefined {
  const news = touched.filter((path) => before?.touched?.includes(path) !== true);
  return news.length === 0 ? undefined : failed(`While it ran, files of the work were changed: ${listed(news)}.`);
}

function unproven(category: CheckCategory, { tests }: CheckRun, before: CheckRun | undefined): Comparison | undefined {
  const beforeRunner = before?.tests?.runner;
  if (tests === undefined) {
    if (beforeRunner === undefined) return undefined;
    return unavailable(`On the base it printed a report of ${beforeRunner}, and now none.`);
  }
  if (beforeRunner !== undefined && beforeRunner !== tests.runner) return otherReport(beforeRunner, tests.runner);
  if (category !== "test" || tests.passed > 0) return undefined;
  return unavailable(tests.skipped > 0 ? "Every test was skipped." : "Its report counts no test.");
}

/** A program under test can print a report too, so one more or another one is no proof, however honest it may be. */
function otherReport(beforeRunner: string, runner: string): Comparison {
  const [before, after] = [summariesOf(beforeRunner), summariesOf(runner)];
  if (before.name !== after.name) {
    return unavailable(`On the base it printed a report of ${before.name}, and now one of ${after.name}.`);
  }
  return unavailable(
    `On the base it printed ${count(before.summaries, "report")} of ${before.name}, and now ${after.summaries}. ` +
      "A package that came or went does that, and so does code that prints a report of its own: read the diff. " +
      "With a check for each package every check prints one report, and this cannot come up.",
  );
}

/** Tests that are gone or newly skipped. */
function lessThan(after: TestReport | undefined, before: TestReport | undefined): Comparison | undefined {
  if (after === undefined || before === undefined || after.runner !== before.runner) return undefined;
  const gone = total(before) - total(after);
  if (gone > 0) return failed(`${count(gone, "test")} of the base ${gone === 1 ? "is" : "are"} gone.`);
  const skipped = after.skipped - before.skipped;
  if (skipped > 0)
    return failed(`${count(skipped, "test")} more ${skipped === 1 ? "is" : "are"} skipped than on the base.`);
  return undefined;
}

function againstRedTests({ tests, exitCode }: CheckRun, before: CheckRun): Comparison {
  if (tests === undefined || before.tests === undefined) {
    return failed("It was red before the work too, but prints no counts that would tell old failures from new ones.");
  }
  const news = newFailures(tests, before.tests);
  if (news !== undefined || tests.failed > before.tests.failed) return failed(news ?? "More tests fail than before.");
  if (tests.failed === 0 && before.tests.failed > 0)
    return failed(`No test fails, but it ends with exit code ${exitCode}.`);
  if (tests.passed === 0) return failed("It was red before the work too, and no test in it passes.");
  const names = tests.failures.length === 0 ? "" : `: ${listed(tests.failures)}`;
  return { outcome: "as_before", reason: `${count(tests.failed, "test")} failed before the work too${names}.` };
}

/** A linter or compiler that was red before: what it prints now it must have printed then. */
function againstRedFindings(after: CheckRun, before: CheckRun): Comparison {
  if (after.findings === undefined || before.findings === undefined || after.exitCode === null)
    return failed(undefined);
  const left = [...before.findings].sort();
  const isOld = after.findings.every((finding) => {
    const at = left.indexOf(finding);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return isOld
    ? { outcome: "as_before", reason: "It was red before the work too, and finds nothing new." }
    : failed("It was red before the work too, and now finds something new.");
}

/** Names of failing tests that did not fail on the base, where the reports know names. */
function newFailures(after: TestReport | undefined, before: TestReport | undefined): string | undefined {
  const known = new Set(before?.failures ?? []);
  const names = (after?.failures ?? []).filter((name) => !known.has(name));
  return names.length === 0 ? undefined : `New: ${listed(names)}.`;
}

const maxFindings = 2_000;
const maxFindingLength = 300;

/** The lines of an output without what differs from run to run: numbers, blanks around them, empty lines. */
export function findingsOf(output: string): string[] | undefined {
  const lines = output.split("\n").map((line) => line.trim().replace(/\d+/g, "#").slice(0, maxFindingLength));
  const findings = lines.filter((line) => line !== "");
  return findings.length > maxFindings ? undefined : findings;
}

function isClean({ exitCode, tests }: CheckRun): boolean {
  return exitCode === 0 && (tests?.failed ?? 0) === 0;
}

function total({ passed, failed: red, skipped }: TestReport): number {
  return passed + red + skipped;
}

function failed(reason: string | undefined): Comparison {
  return { outcome: "failed", ...(reason !== undefined && { reason }) };
}

function unavailable(reason: string): Comparison {
  return { outcome: "unavailable", reason };
}

const shownNames = 5;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, shownNames).map((name) => `"${name}"`);
  const more = names.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
