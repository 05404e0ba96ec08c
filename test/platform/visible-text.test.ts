import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { visibleText } from "../../src/platform/visible-text.ts";

describe("visible text", () => {
  test.each([
    ["colours and cursor movements are taken out", "\u001b[31mred\u001b[0m\u001b[2K", "red"],
    ["a carriage return becomes a line of its own", "10%\r100%\r\ndone", "10%\n100%\ndone"],
    ["a change of direction is spelled out", "file\u202Etxt.exe", "file\\u{202e}txt.exe"],
    ["what cannot be seen is spelled out", "a\u200Bb\u00ADc\uFEFF\u{E0041}", "a\\u{200b}b\\u{ad}c\\u{feff}\\u{e0041}"],
    ["controls are spelled out", "\0bell\u0007\u009F\u007F", "\\u{0}bell\\u{7}\\u{9f}\\u{7f}"],
    ["tabs, newlines, other scripts and emoji stay", "a\tb\n日本 ⚠️ 👍🏽", "a\tb\n日本 ⚠️ 👍🏽"],
    ["half a character is spelled out", "\ud83d", "\\u{d83d}"],
  ])("%s", (_, raw, seen) => {
    expect(visibleText(raw)).toBe(seen);
  });

  test("has nothing left to spell out the second time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(visibleText(visibleText(text))).toBe(visibleText(text));
      }),
    );
  });
});
