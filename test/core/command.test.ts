import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandLimits, parseCommand, printCommand } from "../../src/core/command.ts";
import { describeArgv, displayCommand, quote, readDisplayed } from "../../src/core/command-display.ts";

const argvOf = (text: string) => {
  const parsed = parseCommand(text);
  return parsed.ok ? parsed.argv : parsed.rule;
};

describe("a command is read as a shell would read its words", () => {
  test.each([
    ["git status", ["git", "status"]],
    ["  git\tstatus  ", ["git", "status"]],
    [`git commit -m "it's \\"done\\" \\\\ \\$5 \`x\` $HOME"`, ["git", "commit", "-m", `it's "done" \\ $5 \`x\` $HOME`]],
    ["git commit -m'a'\"b\"c", ["git", "commit", "-mabc"]],
    [
      "git log HEAD^{/fix} stash@{0} a..b x#y 50% @",
      ["git", "log", "HEAD^{/fix}", "stash@{0}", "a..b", "x#y", "50%", "@"],
    ],
    ["git commit -m 'first\n\nsecond'", ["git", "commit", "-m", "first\n\nsecond"]],
    ["cat \"\" ''", ["cat", "", ""]],
    ['cat "a\\b"', ["cat", "a\\b"]],
  ])("%s", (text, argv) => {
    expect(argvOf(text)).toEqual(argv);
  });
});

describe("what a shell would do beyond words is refused", () => {
  test.each([
    ["", "T1"],
    [" \t ", "T1"],
    [`cat ${"x".repeat(commandLimits.length)}`, "T1"],
    [`cat${" x".repeat(commandLimits.words)}`, "T1"],
    [`cat${" ".repeat(17)}x`, "T1"],
    [`cat x${"\t".repeat(17)}`, "T1"],
    ["cat '\udc00'", "T1"],
    ["cat '\u0000'", "T2"],
    ["cat 'a\rb'", "T2"],
    ["cat '\u202e'", "T2"],
    ["cat 'x\u{e0041}'", "T2"],
    ["cat\u00a0x", "T3"],
    ["cat x\ufe0f", "T3"],
    ["cat 'x", "T4"],
    ['cat "x\\"', "T4"],
    ["cat x\\", "T4"],
    ["cat x\\\ny", "T4"],
    ["cat x\ncat y", "T5"],
    ["cat {a,b}", "T5"],
    ["cat {a},b}", "T5"],
    ["cat {1..3}", "T5"],
    ["cat --x=~", "T5"],
    ["cat #x", "T5"],
  ])("%j by %s", (text, rule) => {
    expect(argvOf(text)).toBe(rule);
  });

  test("blanks inside quotes are text, however many", () => {
    expect(argvOf(`cat "${" ".repeat(100)}"`)).toEqual(["cat", " ".repeat(100)]);
  });
});

/** Characters that mean something somewhere, and some that mean nothing anywhere. */
const piece = fc.constantFrom(..."ab01 \t\n'\"\\{},.~#=:@^!%-+/é漢😀\u00a0;&|<>()*?[]", "..", "'", '"', "\\");
const shellText = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(""));
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.array(fc.nat(0xffff), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  shellText,
);
/** Any text that an approval can show; the rest is what rule T2 is about. */
const word = fc
  .string({ unit: "grapheme", maxLength: 20 })
  .map((text) =>
    text.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} \n]|\p{Default_Ignorable_Code_Point}|[\u2800\ufff0-\uffff]/gu, "x"),
  );
const argv = fc.array(fc.oneof(word, shellText), { minLength: 1, maxLength: 8 });

test("no text makes the parser throw", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const parsed = parseCommand(text);
      expect(parsed.ok || parsed.advice.length > 0).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("what is printed is read back as it was", () => {
  fc.assert(
    fc.property(argv, (words) => {
      expect(argvOf(printCommand(words))).toEqual(words);
    }),
    { numRuns: 1_000 },
  );
});

test("every accepted text means the same words to bash", () => {
  const accepted = fc
    .sample(shellText, 20_000)
    .map((text) => ({ text, words: argvOf(text) }))
    .filter(({ words }) => Array.isArray(words));
  const folder = mkdtempSync(join(tmpdir(), "chargehand-words-"));
  try {
    // Files that an open pattern would find.
    for (const name of ["a", "b", "0", "ab"]) writeFileSync(join(folder, name), "");
    const script = accepted.map(({ text }) => `printf '%s\\0' ${text}\nprintf '\\1\\0'\n`).join("");
    const printed = execFileSync("bash", ["--norc", "-s"], {
      cwd: folder,
      input: `PATH=/nonexistent\n${script}`,
      env: { ...process.env, HOME: "/home/somebody", LC_ALL: "C.UTF-8" },
      encoding: "utf8",
      maxBuffer: 64_000_000,
    }).split("\u0001\0");

    const different = accepted.filter(({ words }, index) => [...words, ""].join("\0") !== printed[index]);

    expect(accepted.length).toBeGreaterThan(2_000);
    expect(different).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(["'", '"', "\\", "{", "}", ",", "{,", "..", "~", "=~", "\\'", "' ", '""', "a ", "é", ":", "/"])(
  "the longest text of nothing but %j gets an answer",
  (unit) => {
    const text = unit.repeat(commandLimits.length / unit.length);

    expect(typeof parseCommand(text).ok).toBe("boolean");
  },
);

describe("BOT-02 a person sees every character of a command", () => {
  test("what is shown reads back as the argv, and is printable ASCII", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyText, word), { minLength: 1 }), (words) => {
        const shown = displayCommand(words);
        expect(readDisplayed(shown)).toEqual(words);
        expect(readDisplayed(describeArgv(words).join("\n"))).toEqual(words);
        expect(shown).toMatch(/^[ -~]*$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test("each argument has its line, and only plain ones go without quotes", () => {
    expect(describeArgv(["git", "commit", "-m", "fix: \u202e\u0430\n$x", ""])).toEqual([
      "git",
      "commit",
      "-m",
      '"fix: \\u{202e}\\u{430}\\n$x"',
      '""',
    ]);
  });

  test("a word in a sentence is quoted and cut short", () => {
    expect(quote("a\u0000b")).toBe('"a\\u{0}b"');
    expect(quote("x".repeat(1_000))).toBe(`"${"x".repeat(60)}..."`);
  });
});
