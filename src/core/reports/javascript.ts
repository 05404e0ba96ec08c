import { allOf, maxNames, type ReadReport, report, sumOf, timesOf, withPlace } from "./report.ts";

/** node:test, both as people see it (`ℹ tests 7`) and as TAP (`# tests 7`). https://nodejs.org/api/test.html#test-reporters */
export const nodeTest: ReadReport = (output) => {
  const summaries = allOf(output, /^[ℹ#] tests (\d+)$/gm).length;
  if (summaries === 0) return undefined;
  const count = (word: string) => sumOf(output, new RegExp(`^[ℹ#] ${word} (\\d+)$`, "gm"));
  const counts = {
    passed: Math.max(0, count("pass") - silentFiles(output)),
    failed: count("fail") + count("cancelled"),
    skipped: count("skipped") + count("todo"),
  };
  return report(timesOf("node:test", summaries), counts, [...failuresInSpec(output), ...failuresInTap(output)]);
};

/** With its file, which the summary names, and its suites, which the tree shows. */
function failuresInSpec(output: string): string[] {
  const summarized = /^test at (.+):\d+:\d+\n✖ (.+) \([\d.]+ms\)$/gm;
  const inSummary = Array.from(output.matchAll(summarized)).slice(0, maxNames);
  const inTree = failuresInTree(output.replace(summarized, ""));
  const located = inSummary.map(([, file, name = ""]) => {
    const at = inTree.findIndex((path) => path.at(-1) === name);
    const [path = [name]] = at === -1 ? [] : inTree.splice(at, 1);
    return withPlace(file, path.join(" > "));
  });
  return [...located, ...inTree.map((path) => path.join(" > "))];
}

/** The names of the suites around it, and its own. */
function failuresInTree(output: string): string[][] {
  const failures: string[][] = [];
  const suites: string[] = [];
  for (const [, indent = "", suite, name = ""] of output.matchAll(/^((?: {2})*)(?:▶ (.+)|✖ (.+) \([\d.]+ms\))$/gm)) {
    const depth = indent.length / 2;
    const [closed] = suites.splice(depth, Infinity, ...(suite === undefined ? [] : [suite]));
    if (suite === undefined && closed !== name) failures.push([...suites, name]);
  }
  return failures;
}

function failuresInTap(output: string): string[] {
  const failed =
    /^\s*not ok \d+ - ([^#\n]+)(?:\n\s+---(?:\n\s+(?:duration_ms|type): .*)*\n\s+location: '(.+):\d+:\d+')?$/gm;
  return Array.from(output.matchAll(failed), ([, name = "", file]) => withPlace(file, name));
}

/** A file that ends well without having run a test is reported as a test of its own name; it is none. */
function silentFiles(output: string): number {
  return allOf(output, /^(?:✔|ok \d+ -) (\S+\.[cm]?[jt]sx?)(?: \([\d.]+ms\))?$/gm).length;
}

/** ` Tests  1 failed | 2 passed | 1 skipped (4)` */
export const vitest: ReadReport = (output) => {
  const lines = allOf(output, /^\s*Tests {2,}((?:\d+ \w+(?: \| )?)+)(?: \(\d+\))?/gm);
  if (lines.length === 0) return undefined;
  const all = lines.join("\n");
  const count = (word: string) => sumOf(all, new RegExp(`(\\d+) ${word}\\b`, "g"));
  const counts = { passed: count("passed"), failed: count("failed"), skipped: count("skipped") + count("todo") };
  return report(timesOf("vitest", lines.length), counts, failuresInVitest(output));
};

/** Tests, and files that could not be loaded: those are told as `FAIL  a.test.ts [ a.test.ts ]`. */
function failuresInVitest(output: string): string[] {
  return allOf(output, /^\s*FAIL {1,2}(\S.* > .+|\S+ \[ .+ \])$/gm);
}

/** `Tests:       1 failed, 1 skipped, 2 passed, 4 total` */
export const jest: ReadReport = (output) => {
  const lines = allOf(output, /^Tests: +((?:\d+ \w+(?:, )?)+)$/gm);
  if (lines.length === 0) return undefined;
  const all = lines.join("\n");
  const count = (word: string) => sumOf(all, new RegExp(`(\\d+) ${word}\\b`, "g"));
  const counts = { passed: count("passed"), failed: count("failed"), skipped: count("skipped") + count("todo") };
  return report(timesOf("jest", lines.length), counts, failuresInJest(output));
};

/** What stands below a file's line is of that file. What a test printed stands below a bullet, too. */
function failuresInJest(output: string): string[] {
  let file: string | undefined;
  return Array.from(output.matchAll(/^(?:FAIL|PASS) (\S.*?)(?: \([\d.]+ m?s\))?$|^ {2}● (.+)$/gm)).flatMap(
    ([, header, name = ""]) => {
      if (header !== undefined) file = header;
      return header !== undefined || name === "Console" ? [] : [withPlace(file, name)];
    },
  );
}

/** `  2 passing (5ms)`, `  1 failing`, `  1 pending` */
export const mocha: ReadReport = (output) => {
  const summaries = allOf(output, /^ {2}(\d+) passing \(.+\)$/gm).length;
  if (summaries === 0) return undefined;
  const count = (word: string) => sumOf(output, new RegExp(`^ {2}(\\d+) ${word}\\b`, "gm"));
  const counts = { passed: count("passing"), failed: count("failing"), skipped: count("pending") };
  return report(timesOf("mocha", summaries), counts, failuresInMocha(output));
};

/** A failure's suites stand above its name, each further in; a colon ends it: `  1) sums`, `       adds:`. */
function failuresInMocha(output: string): string[] {
  const titles = allOf(output, /^ {2}\d+\) (.+(?:\n {7,}\S.*)*):$/gm);
  return titles.map((title) => title.split(/\n +/).join(" > "));
}
