import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { captionLimit, clip, clipLine, messageLimit, split } from "../../../src/bot/text/cut.ts";
import { bold, code, join, pre, quote, type RichText } from "../../../src/bot/text/rich-text.ts";

const family = "👨‍👩‍👧‍👦";
const word = fc.constantFrom("plain ", "漢字", "é", "👍🏽", family, "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\n", " ", "x".repeat(50), "🇩🇪", "e\u0301");
const prose = fc.array(word, { maxLength: 60 }).map((words) => words.join(""));
const piece = fc.oneof(
  prose.map((text) => join(text)),
  prose.map((text) => bold(text)),
  prose.map((text) => code(text)),
  prose.map((text) => pre(text, "diff")),
  prose.map((text) => quote(join("said: ", bold(text)))),
);
const rich = fc.array(piece, { maxLength: 6 }).map((pieces) => join(...pieces));

function expectValid({ text, entities }: RichText): void {
  for (const { offset, length } of entities) {
    expect(length).toBeGreaterThan(0);
    expect(offset + length).toBeLessThanOrEqual(text.length);
    expect(text.slice(offset, offset + length).isWellFormed()).toBe(true);
  }
  expect(text.isWellFormed()).toBe(true);
}

describe("a text that does not fit", () => {
  test("TG-12 TG-16 is clipped within its UTF-16 limit, and every entity stays inside whole characters", () => {
    fc.assert(
      fc.property(rich, fc.integer({ min: 80, max: 500 }), (text, limit) => {
        const clipped = clip(text, limit);

        expect(clipped.text.length).toBeLessThanOrEqual(limit);
        expectValid(clipped);
      }),
    );
  });

  test("TG-12 BOT-06 is split into parts that are valid by themselves and together say all of it", () => {
    fc.assert(
      fc.property(rich, fc.integer({ min: 80, max: 500 }), (text, limit) => {
        const parts = split(text, limit);

        for (const part of parts) {
          expect(part.text.length).toBeLessThanOrEqual(limit);
          expectValid(part);
        }
        const said = parts.map((part) => part.text).join("");
        expect(said.split(family)).toHaveLength(text.text.split(family).length);
        if (text.text.trim() !== "") expect(said.replace(/\s/g, "")).toBe(text.text.replace(/\s/g, ""));
      }),
    );
  });

  test.each([
    [4_095, 1],
    [4_096, 1],
    [4_097, 2],
    [9_000, 3],
  ])("TG-10 of %i characters takes %i messages", (length, count) => {
    expect(split(join("y".repeat(length)))).toHaveLength(count);
    expect(
      split(join("y".repeat(length)))
        .map(({ text }) => text)
        .join(""),
    ).toBe("y".repeat(length));
  });

  test("TG-15 goes on as a code block with its language after a cut, and is cut between lines", () => {
    const patch = Array.from({ length: 300 }, (_, index) => `+line ${index} of the patch`).join("\n");

    const parts = split(join("Patch:\n", pre(patch, "diff")));

    expect(parts.length).toBeGreaterThan(1);
    for (const { text, entities } of parts) {
      expect(entities).toEqual([expect.objectContaining({ type: "pre", language: "diff" })]);
      expect(text.split("\n").every((line) => /^(Patch:|\+line \d+ of the patch)$/.test(line))).toBe(true);
    }
  });

  test("an emoji family is never cut through", () => {
    const text = `${"x".repeat(messageLimit - 3)}${family}`;

    expect(split(join(text)).map((part) => part.text)).toEqual(["x".repeat(messageLimit - 3), family]);
    expect(clipLine(family.repeat(4), 13)).toBe(`${family}…`);
  });

  test("a line is made of any text: breaks become blanks, and what hides is spelled out", () => {
    expect(clipLine("first\n  second\tthird", 80)).toBe("first second third");
    expect(clipLine("safe\u202Eexe.txt", 80)).toBe("safe\\u{202e}exe.txt");
    expect(clipLine("a".repeat(90), 80)).toBe(`${"a".repeat(79)}…`);
    expect(captionLimit).toBe(1_024);
  });
});
