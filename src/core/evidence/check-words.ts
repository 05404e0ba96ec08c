import type { CheckResult } from "../measurement.ts";

/** `12 passed, 1 failed`, or nothing where the output held no counts. */
export function testWords(tests: CheckResult["tests"]): string | undefined {
  if (tests === undefined) return undefined;
  const { passed, failed, skipped } = tests;
  return [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`]
    .filter(Boolean)
    .join(", ");
}

export function beforeWords({ before }: CheckResult): string {
  if (before === undefined) return "not measured";
  return [`exit code ${before.exitCode ?? "none"}`, testWords(before.tests)].filter(Boolean).join("; ");
}

export function afterWords({ outcome, tests, reason }: CheckResult): string {
  return [outcome.replace("_", " "), testWords(tests), reason].filter(Boolean).join("; ");
}
