import { expect, test } from "vitest";
import type { Stage } from "../../src/core/event.ts";
import { blockersOf, type Claim } from "../../src/daemon/line.ts";

const claim = (jobId: string, project = "shop", stage: Stage = "run"): Claim => ({
  order: { jobId, stage, iteration: 1, sequence: 1 },
  project,
});
const limits = { concurrency: 3, perProject: 2 };

test.each<[string, Claim, Claim[], string[] | undefined]>([
  ["an empty house has a place", claim("new00000"), [], undefined],
  ["a project has as many places as it may", claim("new00000"), [claim("one00000")], undefined],
  [
    "a full project names the jobs in it",
    claim("new00000"),
    [claim("one00000"), claim("two00000")],
    ["one00000", "two00000"],
  ],
  ["another project's jobs do not count", claim("new00000", "blog"), [claim("one00000"), claim("two00000")], undefined],
  [
    "a full house names all who are in it",
    claim("new00000", "blog"),
    [claim("one00000"), claim("two00000"), claim("three000", "docs")],
    ["one00000", "two00000", "three000"],
  ],
  ["a landing needs no place", claim("new00000", "shop", "land"), [claim("one00000"), claim("two00000")], undefined],
  ["a landing takes none", claim("new00000"), [claim("one00000", "shop", "land"), claim("two00000")], undefined],
])("DU-10 %s", (_name, wanted, working, expected) => {
  expect(blockersOf(wanted, working, limits)).toEqual(expected);
});
