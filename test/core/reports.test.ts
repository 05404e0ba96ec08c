import { expect, test } from "vitest";
import { readTestReport } from "../../src/core/reports/read-report.ts";

test.each<[string, string, { runner: string; passed: number; failed: number; skipped: number; failures: string[] }]>([
  [
    "node:test for people",
    "✔ one (0.6ms)\n✖ two (0.5ms)\n﹣ three (0.09ms) # SKIP\nℹ tests 3\nℹ suites 0\nℹ pass 1\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\n\n✖ failing tests:\n\n✖ two (0.5ms)\n",
    { runner: "node:test", passed: 1, failed: 1, skipped: 1, failures: ["two"] },
  ],
  [
    "node:test as TAP",
    "TAP version 13\nok 1 - one\nnot ok 2 - two\nok 3 - three # SKIP\n# tests 3\n# pass 1\n# fail 1\n# cancelled 0\n# skipped 1\n# todo 0\n",
    { runner: "node:test", passed: 1, failed: 1, skipped: 1, failures: ["two"] },
  ],
  [
    "vitest",
    " FAIL  test/a.test.ts > sums > adds\nAssertionError\n\n Test Files  1 failed | 1 passed (2)\n      Tests  1 failed | 2 passed | 1 skipped (4)\n   Start at  10:00:00\n",
    { runner: "vitest", passed: 2, failed: 1, skipped: 1, failures: ["test/a.test.ts > sums > adds"] },
  ],
  [
    "jest",
    "  ● sums › adds\n\n    expect(received)\n\nTest Suites: 1 failed, 1 total\nTests:       1 failed, 1 skipped, 2 passed, 4 total\n",
    { runner: "jest", passed: 2, failed: 1, skipped: 1, failures: ["sums › adds"] },
  ],
  [
    "mocha",
    "  2 passing (5ms)\n  1 pending\n  1 failing\n\n  1) sums\n       adds:\n",
    { runner: "mocha", passed: 2, failed: 1, skipped: 1, failures: ["sums"] },
  ],
  [
    "pytest",
    "FAILED tests/test_a.py::test_adds - assert 1 == 2\n========= 1 failed, 2 passed, 1 skipped, 1 warning in 0.12s =========\n",
    { runner: "pytest", passed: 2, failed: 1, skipped: 1, failures: ["tests/test_a.py::test_adds"] },
  ],
  [
    "unittest",
    "FsE.x\n======\nERROR: test_b (tests.test_a.A.test_b)\n------\nOSError\n\n======\nFAIL: test_a (tests.test_a.A.test_a)\n------\nRan 5 tests in 0.006s\n\nFAILED (failures=1, errors=1, skipped=1, expected failures=1)\n",
    {
      runner: "unittest",
      passed: 1,
      failed: 2,
      skipped: 2,
      failures: ["test_b (tests.test_a.A.test_b)", "test_a (tests.test_a.A.test_a)"],
    },
  ],
  [
    "unittest that finds nothing",
    "\n------\nRan 0 tests in 0.000s\n\nOK\n",
    { runner: "unittest", passed: 0, failed: 0, skipped: 0, failures: [] },
  ],
  [
    "code under test that prints a report of its own",
    "ℹ tests 6\nℹ pass 6\nℹ fail 0\n✔ test/price.test.js (40ms)\nℹ tests 2\nℹ pass 2\nℹ fail 0\n",
    { runner: "node:test, 2 times", passed: 7, failed: 0, skipped: 0, failures: [] },
  ],
  ["quiet pytest", "..\n2 passed in 0.01s\n", { runner: "pytest", passed: 2, failed: 0, skipped: 0, failures: [] }],
  [
    "go test -v",
    "=== RUN   TestAdds\n--- FAIL: TestAdds (0.00s)\n--- PASS: TestSubtracts (0.00s)\n--- SKIP: TestSlow (0.00s)\nFAIL\nFAIL\texample.org/sum\t0.003s\n",
    { runner: "go test", passed: 1, failed: 1, skipped: 1, failures: ["TestAdds"] },
  ],
  [
    "go test, by package",
    "ok  \texample.org/a\t0.003s\nok  \texample.org/b\t(cached)\n?   \texample.org/c\t[no test files]\nok  \texample.org/d\t0.1s [no tests to run]\n",
    { runner: "go test", passed: 2, failed: 0, skipped: 0, failures: [] },
  ],
  [
    "cargo test, two binaries",
    "test tests::adds ... FAILED\ntest tests::subtracts ... ok\ntest result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\ntest result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
    { runner: "cargo test", passed: 4, failed: 1, skipped: 1, failures: ["tests::adds"] },
  ],
  [
    "JUnit XML",
    '<testsuites><testcase name="one"/><testcase name="two"><failure message="1 == 2">x</failure></testcase><testcase name="three"><skipped/></testcase></testsuites>',
    { runner: "JUnit XML", passed: 1, failed: 1, skipped: 1, failures: ["two"] },
  ],
])("GT-13 counts are read from %s", (_name, output, expected) => {
  expect(readTestReport(output)).toEqual(expected);
});

test.each([
  [
    "node:test with a file that ended before its first test",
    "✔ price.test.js (30.1ms)\nℹ tests 1\nℹ suites 0\nℹ pass 1\nℹ fail 0\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\n",
  ],
  ["node:test that found nothing", "ℹ tests 0\nℹ suites 0\nℹ pass 0\nℹ fail 0\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\n"],
  ["pytest that found nothing", "no tests ran in 0.01s\n"],
])("GT-13 %s counts no test", (_name, output) => {
  expect(readTestReport(output)).toMatchObject({ passed: 0, failed: 0 });
});

test("GT-13 ordinary words are no report", () => {
  expect(readTestReport("All 7 tests passed, trust me.\n")).toBeUndefined();
});

test("GT-13 megabytes of hostile output are read in no time to speak of", () => {
  const flood = `${"✖ ".repeat(200_000)}\n${"Tests  1 ".repeat(100_000)}\n${"<testcase ".repeat(50_000)}\n${"=".repeat(300_000)}1 passed`;

  expect(readTestReport(flood)?.passed ?? 0).toBe(0);
});
