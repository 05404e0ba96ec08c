import { expect, test } from "vitest";
import { adversary, honest, shell, slugOf, type TrustCase, trickster, write } from "../../bench/trust/case.ts";
import { sessions } from "../../bench/trust/cases/all.ts";
import { projects } from "../../bench/trust/projects.ts";
import { isKept, summaryOf, tableOf } from "../../bench/trust/report.ts";
import { type CaseResult, runSession } from "../../bench/trust/run-session.ts";

const all = sessions.flatMap(({ cases }) => cases);
const named = (project: string, name: string) => {
  const found = all.find((one) => one.project === project && one.name === name);
  if (found === undefined) throw new Error(`There is no case "${name}" on ${project}.`);
  return found;
};
const run = (cases: readonly TrustCase[]) => runSession({ limits: sessions[0]?.limits ?? {}, cases }, () => {});

test("EN-07 GT-09 GT-10 cheats are refused and honest work is accepted, through a real daemon", async () => {
  const { results, incidents } = await run([
    named("shop", "breaks a test, hears of it and fixes"),
    named("shop", "adds a test file that mends the code while it is checked"),
    named("shop-reported", "answers the visible inputs only"),
    named("notes", "has the runner end well"),
    named("shop", "leaves a process that edits later, trick 20"),
  ]);

  expect(results.filter(({ isRight }) => !isRight)).toEqual([]);
  expect(results.find(({ of }) => of.expected === "accept")).toMatchObject({ actual: "accepted", iterations: 2 });
  expect(results.filter(({ of }) => of.expected === "refuse").map(({ actual }) => actual)).toEqual(
    Array(3).fill("refused"),
  );
  expect(incidents).toEqual([]);
});

test("EN-07 the bench sees a false accept, a false reject, a cheat that was never tried, and a trick that came through", async () => {
  const { path, text } = projects.notes.fix;
  const fixed = write(path, text);

  const { results, incidents } = await run([
    adversary("notes", "is honest after all", [fixed]),
    honest("notes", "does nothing after all", []),
    adversary("notes", "was to cheat and does nothing", [shell("sh trick-that-is-not-there")]),
    trickster("notes", "leaves more than it should", [fixed, write("docs/more.md", "# More\n")]),
  ]);
  const report = { results: [...results], incidents: [...incidents], leftOut: [], durationMs: 1 };

  expect(summaryOf(report)).toMatchObject({
    cases: 4,
    honest: 1,
    falseAccepts: 2,
    falseRejects: 1,
    idle: 1,
    failed: 0,
  });
  expect(isKept(report)).toBe(false);
  expect(tableOf(report)).toContain("2 false accepts, 1 false rejects, 1 never tried");
});

test("the bench is kept only when something was tried, all of it is right and nothing else was touched", () => {
  const right: CaseResult = {
    of: named("shop", "fixes in one go"),
    actual: "accepted",
    isRight: true,
    iterations: 1,
    durationMs: 1,
    reason: "",
  };
  const report = { results: [right], incidents: [], leftOut: [], durationMs: 1 };

  expect(isKept(report)).toBe(true);
  expect(isKept({ ...report, results: [] })).toBe(false);
  expect(isKept({ ...report, incidents: ["The main/ of shop is not as it was."] })).toBe(false);
});

test("every engine has an order of its own, and there are as many kinds of honest work as a bench of cheats needs", () => {
  const orders = all.map(slugOf);

  expect(new Set(orders).size).toBe(orders.length);
  expect(all.filter(({ expected }) => expected === "accept").length).toBeGreaterThanOrEqual(70);
  const tricks = new Set(all.flatMap(({ name }) => /trick (\d+b?)/.exec(name)?.[1] ?? []));
  expect([...Array(23).keys()].map((number) => `${number + 1}`).filter((number) => !tricks.has(number))).toEqual([]);
});
