import { expect, test } from "vitest";
import { remarkOnSuppressions } from "../../../src/core/evidence/suppressions.ts";

/** A patch without lines around its changes, one hunk for each list of changed lines. */
const patchOf = (...hunks: string[][]): string =>
  [
    "diff --git a/a.ts b/a.ts",
    "index 1111111..2222222 100644",
    "--- a/a.ts",
    "+++ b/a.ts",
    ...hunks.flatMap((lines) => ["@@ -1 +1 @@", ...lines]),
    "",
  ].join("\n");

test.each([
  ["// @ts-nocheck", "@ts-nocheck"],
  ["  // @ts-ignore because it is late", "@ts-ignore"],
  ["{/* @ts-expect-error */}", "@ts-expect-error"],
  ["/* eslint-disable */", "eslint-disable"],
  ["call(); // eslint-disable-line no-undef", "eslint-disable"],
  ["// eslint-disable-next-line no-undef", "eslint-disable"],
  ["// biome-ignore lint/style/useConst: it is meant", "biome-ignore"],
  ["<!-- prettier-ignore -->", "prettier-ignore"],
  ["x = f()  # type: ignore[arg-type]", "type: ignore"],
  ["import os  # noqa: F401", "noqa"],
  ["# ruff: noqa", "noqa"],
  ["# pylint: disable=broad-except", "pylint: disable"],
  ["if debug:  # pragma: no cover", "pragma: no cover"],
  ["/* istanbul ignore next */", "istanbul ignore"],
  ["/* c8 ignore start */", "c8 ignore"],
  ["/* node:coverage disable */", "node:coverage"],
  ["_ = f() //nolint:errcheck", "nolint"],
  ["auto x = f();  // NOLINTNEXTLINE", "nolint"],
  ["# shellcheck disable=SC2086", "shellcheck disable"],
  ["#[allow(dead_code)]", "#[allow]"],
  ['@SuppressWarnings("unchecked")', "@SuppressWarnings"],
  ["#pragma warning disable CS0168", "#pragma"],
])("GT-11 an added %j is counted as %s", (line, name) => {
  expect(remarkOnSuppressions(patchOf([`+${line}`]))).toEqual([`1 new suppression: 1 × ${name}`]);
});

test.each([
  ["nothing at all", ""],
  ["code", patchOf(["+const ignored = eslint.disable(rule);"])],
  ["a text that speaks of them", patchOf(["+// Do not use @ts-ignore here, and no eslint-disable either."])],
  ["another word that begins like one", patchOf(["+// nolinter", "+# noqa-like"])],
  ["one that was taken away", patchOf(["-// @ts-ignore"])],
  ["one that was moved to another place", patchOf(["-// @ts-ignore"], ["+// @ts-ignore"])],
  ["one that was indented", patchOf(["-// @ts-ignore", "-f();", "+  // @ts-ignore", "+  f();"])],
  ["a line that had one and was changed", patchOf(["-f(1); // eslint-disable-line", "+f(2); // eslint-disable-line"])],
  ["the name of a file", "diff --git a/x b/x\n--- a/x\n+++ b/# noqa\n"],
])("GT-11 %s is no new suppression", (_what, patch) => {
  expect(remarkOnSuppressions(patch)).toEqual([]);
});

test("GT-11 one taken away here does not make up for another one there", () => {
  const patch = patchOf(["-f(); // eslint-disable-line no-undef"], ["+g(); // eslint-disable-line no-eval"]);

  expect(remarkOnSuppressions(patch)).toEqual(["1 new suppression: 1 × eslint-disable"]);
});

test("GT-11 several are told in one line, the most frequent kind first and not without end", () => {
  const two = patchOf(["+// @ts-ignore", "+f(); // eslint-disable-line", "+g(); // eslint-disable-line"]);
  const many = patchOf(
    ["// @ts-ignore", "# noqa", "// @ts-nocheck", "//nolint", "// nosec", "/* c8 ignore next */", "// NOSONAR"].map(
      (line) => `+${line}`,
    ),
  );

  expect(remarkOnSuppressions(two)).toEqual(["3 new suppressions: 2 × eslint-disable, 1 × @ts-ignore"]);
  expect(remarkOnSuppressions(many)[0]).toMatch(/^7 new suppressions: (1 × [^,]+, ){4}1 × [^,]+ and 2 other kinds$/);
});

test("GT-11 a line of a million marks holds nobody up", () => {
  const line = `+${"/".repeat(300_000)}${" #".repeat(300_000)} type: ${" ".repeat(300_000)}ignore`;

  expect(remarkOnSuppressions(patchOf([line]))).toEqual([]);
});
