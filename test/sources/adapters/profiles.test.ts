import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TrackerErrorCategory } from "../../../src/core/tracker.ts";
import { TrackerKind } from "../../../src/core/tracker-config.ts";

const profiles = readFileSync(join(import.meta.dirname, "../../../docs/trackers-profiles.md"), "utf8");
const rows = profiles.split("\n").filter((line) => line.startsWith("|"));
const cellsOf = (row = "") =>
  row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());

test("SY-47 every kind of tracker has a profile: its keys, token, ids, states, pages, limits and what is written", () => {
  expect(
    cellsOf(rows[0])
      .slice(1)
      .map((name) => name.toLowerCase())
      .toSorted(),
  ).toEqual(TrackerKind.options.toSorted());

  const topics = rows.slice(2).map((row) => cellsOf(row)[0]);
  const wanted = ["`provider`", "more keys", "token", "id, name", "states", "priority", "a comment of ours", "pages"];
  expect(topics).toEqual(expect.arrayContaining([...wanted, "too many requests"]));
  for (const row of rows.slice(2)) expect(cellsOf(row).filter((cell) => cell === "")).toEqual([]);
});

test("SY-47 every category of failure is named in the profiles", () => {
  expect(TrackerErrorCategory.options.filter((category) => !profiles.includes(`\`${category}\``))).toEqual([]);
});
