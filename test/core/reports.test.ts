import { expect, test } from "vitest";
import { compareRuns } from "../../src/core/compare-runs.ts";
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
    { runner: "mocha", passed: 2, failed: 1, skipped: 1, failures: ["sums > adds"] },
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
    { runner: "go test", passed: 1, failed: 1, skipped: 1, failures: ["example.org/sum: TestAdds"] },
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
  [
    "node:test with a test that was cancelled, one to be done and one that is to be done and fails",
    "TAP version 13\nok 1 - one\nnot ok 2 - slow\n  ---\n  duration_ms: 33.7\n  type: 'test'\n  location: 'a.test.js:5:1'\n  ...\nnot ok 3 - later # TODO\n# tests 4\n# pass 1\n# fail 0\n# cancelled 1\n# skipped 0\n# todo 2\n",
    { runner: "node:test", passed: 1, failed: 1, skipped: 2, failures: ["a.test.js: slow"] },
  ],
  [
    "node:test with suites, and a file that could not be loaded",
    "✖ works (1.8ms)\n▶ sums\n  ✖ adds (0.7ms)\n  ✔ subtracts (0.2ms)\n  ▶ of none\n    ✖ works (0.7ms)\n  ✖ of none (1.2ms)\n✖ sums (10.0ms)\n✔ works (1.2ms)\n✖ c.test.js (381.2ms)\nℹ tests 6\nℹ suites 2\nℹ pass 2\nℹ fail 4\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\n\n✖ failing tests:\n\ntest at a.test.js:3:1\n✖ works (1.8ms)\n  AssertionError\n\ntest at a.test.js:4:23\n✖ adds (0.7ms)\n\ntest at a.test.js:7:9\n✖ works (0.7ms)\n\ntest at c.test.js:1:1\n✖ c.test.js (381.2ms)\n  'test failed'\n",
    {
      runner: "node:test",
      passed: 2,
      failed: 4,
      skipped: 0,
      failures: [
        "a.test.js: works",
        "a.test.js: sums > adds",
        "a.test.js: sums > of none > works",
        "c.test.js: c.test.js",
      ],
    },
  ],
  [
    "vitest with a file that could not be loaded",
    " FAIL  test/b.test.ts [ test/b.test.ts ]\nError: no\n\n Test Files  1 failed | 1 passed (2)\n      Tests  2 passed | 1 todo (3)\n",
    { runner: "vitest", passed: 2, failed: 0, skipped: 1, failures: ["test/b.test.ts [ test/b.test.ts ]"] },
  ],
  [
    "vitest whose tests start node:test",
    "ℹ tests 3\nℹ pass 3\nℹ fail 0\n Test Files  1 passed (1)\n      Tests  2 passed (2)\n",
    { runner: "vitest", passed: 2, failed: 0, skipped: 0, failures: [] },
  ],
  [
    "jest with files, a test to be done, and words that a test printed",
    "FAIL test/b.test.js (5.2 s)\n  ● Test suite failed to run\n\n    Cannot find module\n\nPASS test/c.test.js\n  ● Console\n\n    console.log\n      words\n\nFAIL test/a.test.js\n  ● sums › adds\n\nTest Suites: 2 failed, 1 passed, 3 total\nTests:       1 failed, 1 todo, 2 passed, 4 total\n",
    {
      runner: "jest",
      passed: 2,
      failed: 1,
      skipped: 1,
      failures: ["test/b.test.js: Test suite failed to run", "test/a.test.js: sums › adds"],
    },
  ],
  [
    "mocha with a test that is in no suite",
    "  1 passing (5ms)\n  2 failing\n\n  1) adds:\n     AssertionError: no\n      at here\n\n  2) sums:\n       of none\n         is zero:\n     Error\n",
    { runner: "mocha", passed: 1, failed: 2, skipped: 0, failures: ["adds", "sums: > of none > is zero"] },
  ],
  [
    "pytest with errors, and failures that were or were not expected",
    "ERROR    root:log.py:3 a line of a log\nFAILED tests/test_a.py::test_adds[one two] - assert 1 == 2\nERROR tests/test_b.py - ImportError: no\n=== 1 failed, 2 passed, 1 skipped, 1 deselected, 1 xfailed, 1 xpassed, 1 error in 0.12s ===\n",
    {
      runner: "pytest",
      passed: 3,
      failed: 2,
      skipped: 2,
      failures: ["tests/test_a.py::test_adds[one two]", "tests/test_b.py"],
    },
  ],
  [
    "unittest with a failure that was expected and did not come",
    "Ran 3 tests in 0.006s\n\nFAILED (unexpected successes=1)\n",
    { runner: "unittest", passed: 2, failed: 1, skipped: 0, failures: [] },
  ],
  [
    "unittest with a module that could not be loaded",
    "ERROR: tests.test_b (unittest.loader._FailedTest.tests.test_b)\n------\nRan 0 tests in 0.000s\n\nFAILED (errors=1)\n",
    {
      runner: "unittest",
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: ["tests.test_b (unittest.loader._FailedTest.tests.test_b)"],
    },
  ],
  [
    "go test, by package, with one that fails and one that cannot be built",
    "--- FAIL: TestAdds (0.00s)\n    a_test.go:6: no\n--- FAIL: TestTwice (0.00s)\nFAIL\nFAIL\texample.org/a\t0.003s\nok  \texample.org/b\t0.003s\nFAIL\texample.org/c [build failed]\nFAIL\n",
    {
      runner: "go test",
      passed: 1,
      failed: 2,
      skipped: 0,
      failures: ["example.org/a: TestAdds", "example.org/a: TestTwice", "example.org/c"],
    },
  ],
  [
    "cargo test, with what is to be run again",
    "test adds ... FAILED\ntest result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\nerror: test failed, to rerun pass `--test sums`\nerror: 2 targets failed:\n    `--lib`\n    `-p shop --test sums`\n",
    {
      runner: "cargo test",
      passed: 1,
      failed: 1,
      skipped: 0,
      failures: ["adds", "--test sums", "--lib", "-p shop --test sums"],
    },
  ],
  [
    "JUnit XML with classes and an error",
    '<testsuite><testcase classname="tests.A" name="one"><error>x</error></testcase><testcase name="two" classname="tests.B"><skipped/></testcase></testsuite>',
    { runner: "JUnit XML", passed: 0, failed: 1, skipped: 1, failures: ["tests.A: one"] },
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
  ["JUnit XML that found nothing", '<testsuites tests="0"></testsuites>\n'],
])("GT-13 %s counts no test", (_name, output) => {
  expect(readTestReport(output)).toMatchObject({ passed: 0, failed: 0 });
});

test.each([
  ["vitest", "      Tests  2 passed (2)\n"],
  ["jest", "Tests:       2 passed, 2 total\n"],
  ["mocha", "  2 passing (5ms)\n"],
  ["pytest", "2 passed in 0.01s\n"],
  ["unittest", "Ran 2 tests in 0.001s\n\nOK\n"],
])("GT-13 a second report of %s is counted, and makes it another report", (runner, output) => {
  expect(readTestReport(output)).toMatchObject({ runner, passed: 2 });
  expect(readTestReport(output.repeat(2))).toMatchObject({ runner: `${runner}, 2 times`, passed: 4 });
});

/** The output of a run in which one of two tests of the same name fails: in the first place, or in the second. */
const namesakes: readonly (readonly [string, (place: string) => string])[] = [
  [
    "node:test",
    (place) =>
      `✖ works (1.0ms)\n✔ works (1.0ms)\nℹ tests 2\nℹ pass 1\nℹ fail 1\n\n✖ failing tests:\n\ntest at ${place}.test.js:3:1\n✖ works (1.0ms)\n`,
  ],
  [
    "node:test in suites",
    (place) => `▶ ${place}\n  ✖ works (1.0ms)\n✖ ${place} (2.0ms)\nℹ tests 2\nℹ pass 1\nℹ fail 1\n`,
  ],
  [
    "node:test as TAP",
    (place) =>
      `not ok 1 - works\n  ---\n  duration_ms: 3.0\n  type: 'test'\n  location: '${place}.test.js:3:1'\n  ...\n# tests 2\n# pass 1\n# fail 1\n`,
  ],
  ["vitest", (place) => ` FAIL  ${place}.test.ts > works\n      Tests  1 failed | 1 passed (2)\n`],
  ["a file of vitest", (place) => ` FAIL  ${place}.test.ts [ ${place}.test.ts ]\n      Tests  2 passed (2)\n`],
  ["jest", (place) => `FAIL ${place}.test.js\n  ● works\n\nTests:       1 failed, 1 passed, 2 total\n`],
  ["mocha", (place) => `  1 passing (5ms)\n  1 failing\n\n  1) ${place}\n       works:\n     Error\n`],
  [
    "tests of one suite of mocha",
    (place) => `  1 passing (5ms)\n  1 failing\n\n  1) sums\n       ${place}:\n     Error\n`,
  ],
  ["pytest", (place) => `FAILED test_a.py::test_works[${place} x] - assert\n1 failed, 1 passed in 0.01s\n`],
  [
    "unittest",
    (place) => `FAIL: test_works (tests.${place}.A.test_works)\nRan 2 tests in 0.001s\n\nFAILED (failures=1)\n`,
  ],
  [
    "go test",
    (place) => `--- FAIL: TestWorks (0.00s)\nFAIL\nFAIL\texample.org/${place}\t0.1s\nok  \texample.org/c\t0.1s\n`,
  ],
  [
    "cargo test",
    (place) =>
      `test works ... FAILED\ntest result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\nerror: test failed, to rerun pass \`--test ${place}\`\n`,
  ],
  [
    "JUnit XML",
    (place) =>
      `<testsuite><testcase classname="${place}" name="works"><failure/></testcase><testcase classname="c" name="works"/></testsuite>`,
  ],
];

test.each(namesakes)(
  "GT-14 a failure of %s is old where it was, and new where only a namesake failed",
  (_name, failingIn) => {
    const run = (place: string) => ({ exitCode: 1, tests: readTestReport(failingIn(place)) });

    expect(compareRuns("test", run("a"), run("a")).outcome).toBe("as_before");
    expect(compareRuns("test", run("b"), run("a"))).toMatchObject({
      outcome: "failed",
      reason: expect.stringMatching(/^New: /),
    });
  },
);

test("GT-13 ordinary words are no report", () => {
  expect(readTestReport("All 7 tests passed, trust me.\n")).toBeUndefined();
  expect(readTestReport("It ends with Tests  7 passed (7)\n")).toBeUndefined();
});

test("GT-13 of very many failures the first two hundred are named, and none of them without end", () => {
  const names = Array.from({ length: 300 }, (_, number) => `✖ ${number}${"x".repeat(300)} (1.0ms)`);

  const { failed, failures } = readTestReport(`${names.join("\n")}\nℹ tests 300\nℹ fail 300\n`) ?? { failures: [] };

  expect([failed, failures.length, failures[0]?.length]).toEqual([300, 200, 200]);
});

test("GT-13 megabytes of hostile output are read in no time to speak of", () => {
  const flood = `${"✖ ".repeat(200_000)}\n${"Tests  1 ".repeat(100_000)}\n${"<testcase ".repeat(50_000)}\n${"=".repeat(300_000)}1 passed`;

  expect(readTestReport(flood)?.passed ?? 0).toBe(0);
});
