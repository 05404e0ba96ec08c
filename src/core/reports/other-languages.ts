import { allOf, type ReadReport, report, sumOf, timesOf, withPlace } from "./report.ts";

/** `=== 1 failed, 2 passed, 1 skipped in 0.12s ===`, with or without the rules around it. */
export const pytest: ReadReport = (output) => {
  const lines = allOf(
    output,
    /^=*\s*((?:\d+ (?:failed|passed|skipped|errors?|xfailed|xpassed|deselected|warnings?)(?:, )?)+|no tests ran) in [\d.]+s/gm,
  );
  if (lines.length === 0) return undefined;
  const all = lines.join("\n");
  const count = (words: string) => sumOf(all, new RegExp(`(\\d+) (?:${words})\\b`, "g"));
  const counts = {
    passed: count("passed|xpassed"),
    failed: count("failed|errors?"),
    skipped: count("skipped|xfailed"),
  };
  return report(timesOf("pytest", lines.length), counts, allOf(output, /^(?:FAILED|ERROR) (\S.*?)(?: - .*)?$/gm));
};

/** `Ran 5 tests in 0.002s`, then `OK (skipped=1)` or `FAILED (failures=1, errors=1)`. https://docs.python.org/3/library/unittest.html */
export const unittest: ReadReport = (output) => {
  const summaries = allOf(output, /^Ran (\d+) tests? in [\d.]+s$/gm);
  if (summaries.length === 0) return undefined;
  const notes = allOf(output, /^(?:OK|FAILED|NO TESTS RAN) \((.+)\)$/gm).join(", ");
  const count = (words: string) => sumOf(notes, new RegExp(`(?:^|, )(?:${words})=(\\d+)`, "g"));
  const failed = count("failures|errors|unexpected successes");
  const skipped = count("skipped|expected failures");
  const ran = summaries.reduce((sum, digits) => sum + Number(digits), 0);
  // A module that cannot be loaded is an error without a test, in some versions of Python.
  const counts = { passed: Math.max(0, ran - failed - skipped), failed, skipped };
  return report(timesOf("unittest", summaries.length), counts, allOf(output, /^(?:FAIL|ERROR): (.+)$/gm));
};

/**
 * With -v a line for each test; without it a line for each package and for each test that failed, and then packages are what
 * is counted: those that pass are not to be seen otherwise.
 */
export const goTest: ReadReport = (output) => {
  const tests = allOf(output, /^\s*--- (PASS|FAIL|SKIP): /gm);
  const isVerbose = /^=== RUN\b|^\s*--- PASS: /m.test(output);
  const packages = allOf(
    output,
    /^(ok|FAIL)\s+\S+\s+(?:[\d.]+s|\(cached\)|\[build failed\])(?!.*\[no tests to run\])/gm,
  );
  if (tests.length === 0 && packages.length === 0) return undefined;
  const units = isVerbose || packages.length === 0 ? tests : packages;
  const count = (...words: string[]) => units.filter((word) => words.includes(word)).length;
  const counts = { passed: count("PASS", "ok"), failed: count("FAIL"), skipped: count("SKIP") };
  return report("go test", counts, failuresInGo(output));
};

/** A package's line comes behind those of its tests. */
function failuresInGo(output: string): string[] {
  const failures: string[] = [];
  let tests: string[] = [];
  for (const [, test, path, how] of output.matchAll(/^\s*--- FAIL: (\S+)|^(?:FAIL|ok)[ \t]+(\S+)[ \t]+(\S.*)$/gm)) {
    if (test !== undefined) tests.push(test);
    if (path === undefined) continue;
    failures.push(...tests.map((name) => withPlace(path, name)), ...(how === "[build failed]" ? [path] : []));
    tests = [];
  }
  return [...failures, ...tests];
}

/** `test result: FAILED. 1 passed; 1 failed; 1 ignored; …`, once for each binary. */
export const cargoTest: ReadReport = (output) => {
  if (!/^test result: \w+\. \d+ passed/m.test(output)) return undefined;
  const count = (word: string) => sumOf(output, new RegExp(`^test result:.* (\\d+) ${word};`, "gm"));
  const counts = { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
  return report("cargo test", counts, [...allOf(output, /^test (\S+) \.\.\. FAILED$/gm), ...redTargets(output)]);
};

/** A test's line does not say which binary it is in; what is to be run again does. */
function redTargets(output: string): string[] {
  return allOf(output, /^(?:error: test failed, to rerun pass| {4}) ?`(-.+)`$/gm);
}

/** JUnit's XML, as many runners write it: one `testcase` element each, with `failure`, `error` or `skipped` inside. */
export const junit: ReadReport = (output) => {
  const cases = Array.from(output.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g));
  if (!/<testsuites?\b/.test(output)) return undefined;
  const isFailed = (inside = "") => /<(failure|error)\b/.test(inside);
  const isSkipped = (inside = "") => /<skipped\b/.test(inside);
  const failed = cases.filter(([, , inside]) => isFailed(inside));
  const skipped = cases.filter(([, , inside]) => !isFailed(inside) && isSkipped(inside));
  const counts = {
    passed: cases.length - failed.length - skipped.length,
    failed: failed.length,
    skipped: skipped.length,
  };
  return report(
    "JUnit XML",
    counts,
    failed.map(([, attributes = ""]) =>
      withPlace(attributeOf(attributes, "classname"), attributeOf(attributes, "name") ?? ""),
    ),
  );
};

function attributeOf(attributes: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1];
}
