import { expect, test } from "vitest";
import { bold, code, join, lines, paragraphs, pre, quote } from "../../../src/bot/text/rich-text.ts";

test("TG-12 offsets count UTF-16 units, so an emoji before an entity counts twice", () => {
  expect(join("👍 ", bold("done"), code("x"))).toEqual({
    text: "👍 donex",
    entities: [
      { type: "bold", offset: 3, length: 4 },
      { type: "code", offset: 7, length: 1 },
    ],
  });
});

test("markup in the text of others stays text", () => {
  const hostile = "<b>*[click](http://x)*</b> `_";

  expect(join(hostile)).toEqual({ text: hostile, entities: [] });
});

test("BOT-02 what would hide or turn the direction of reading is spelled out, and whole emoji are left alone", () => {
  expect(join("rm\u200B -rf \u202Etxt.exe").text).toBe("rm\\u{200b} -rf \\u{202e}txt.exe");
  expect(join("👨‍👩‍👧‍👦 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿").text).toBe("👨‍👩‍👧‍👦 👍🏽 🏴󠁧󠁢󠁥󠁮󠁧󠁿");
  expect(join("\u001b[31mred\u001b[0m\u0007").text).toBe("red\\u{7}");
});

test("what a condition leaves out takes no line", () => {
  expect(lines("a", false, undefined, "b").text).toBe("a\nb");
  expect(paragraphs("a", "", undefined, bold(""), "b").text).toBe("a\n\nb");
});

test("an empty stretch has no formatting, and a code block keeps its language", () => {
  expect(bold("")).toEqual({ text: "", entities: [] });
  expect(pre("+a", "diff").entities).toEqual([{ type: "pre", offset: 0, length: 2, language: "diff" }]);
});

test("long words of others fold themselves away", () => {
  expect(quote("short").entities[0]?.type).toBe("blockquote");
  expect(quote("long ".repeat(200)).entities[0]?.type).toBe("expandable_blockquote");
});
