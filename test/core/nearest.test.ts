import { expect, test } from "vitest";
import { nearest } from "../../src/core/nearest.ts";

const keys = ["access", "projects", "engines", "roles", "limits", "sandbox"];

test.each([
  ["acess", "access"],
  ["project", "projects"],
  ["Limits", "limits"],
  ["sandobx", "sandbox"],
])("a slip is recognised: %s means %s", (typed, meant) => {
  expect(nearest(typed, keys)).toBe(meant);
});

test("a word that is like none of them means none of them", () => {
  expect(nearest("telegram", keys)).toBeUndefined();
  expect(nearest("x", [])).toBeUndefined();
});
