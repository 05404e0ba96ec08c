import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCommand, printCommand } from "../../src/core/command.ts";
import { displayCommand, readDisplayed } from "../../src/core/command-display.ts";
import { agents } from "../../src/core/policy/agent-table.ts";
import { decide } from "../../src/core/policy/decide.ts";
import { findSubcommand, withoutGlobals } from "../../src/core/policy/git.ts";
import { gitSubcommands } from "../../src/core/policy/git-table.ts";
import { nodeOptions } from "../../src/core/policy/node.ts";
import type { OptionTable } from "../../src/core/policy/options.ts";
import { isStricter } from "../../src/core/policy/outcome.ts";
import { packageManagers } from "../../src/core/policy/packages.ts";
import { programs } from "../../src/core/policy/programs.ts";
import { pytestOptions } from "../../src/core/policy/pytest.ts";

const worktrees = { main: { kind: "main" }, "task-1": { kind: "task" }, "task-2": { kind: "task" } } as const;
const judge = (command: string | readonly string[], worktree = "task-1") =>
  decide({ worktree, command, worktrees, sandboxed: true, engines: ["helper"] });

/** Every command of the corpus that is one, as words. */
const commands = readFileSync(join(import.meta.dirname, "../fixtures/policy-corpus.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => parseCommand((JSON.parse(line) as { command: string }).command))
  .flatMap((parsed) => (parsed.ok ? [parsed.argv] : []));
const running = commands.filter((argv) => judge(argv).verdict !== "deny");
const command = fc.constantFrom(...commands);

test("the corpus leaves enough to vary", () => {
  expect(commands.length).toBeGreaterThan(700);
  expect(running.length).toBeGreaterThan(150);
});

/** One word in any of the ways a person may quote it. */
const quotings: readonly ((text: string) => string)[] = [
  (text) => printCommand([text]),
  (text) => `"${text.replaceAll(/["\\$`]/g, "\\$&")}"`,
  (text) => `'${text.replaceAll("'", "'\\''")}'`,
  (text) => `""${printCommand([text])}''`,
  (text) => (text === "" || text.includes("\n") ? "''" : text.replaceAll(/[ -~]/g, "\\$&")),
];

test("quoting never changes a verdict", () => {
  fc.assert(
    fc.property(command, fc.array(fc.constantFrom(...quotings), { minLength: 128, maxLength: 128 }), (argv, styles) => {
      const text = argv.map((word, index) => styles[index]?.(word)).join(" ");
      const parsed = parseCommand(text);
      fc.pre(parsed.ok && text.length < 2_500);
      fc.pre(JSON.stringify(parsed.argv) === JSON.stringify(argv));
      expect(judge(text)).toEqual(judge(argv));
    }),
    { numRuns: 2_000 },
  );
});

/** Where an option would be read as one: before `--`, and before the words that belong to a script. */
function optionPositions(argv: readonly string[]): number[] {
  const takesText = /^(-[A-Za-z]*m|--message|--grep|-[SGe])$/;
  const script = argv[0] === "node" ? argv.findIndex((word, index) => index > 0 && !word.startsWith("-")) : -1;
  const ends = [argv.indexOf("--"), script].filter((index) => index !== -1);
  const end = Math.min(argv.length, ...ends);
  return Array.from({ length: end }, (_, index) => index + 1).filter(
    (index) => !(argv[0] === "git" && takesText.test(argv[index - 1] ?? "")),
  );
}

test("RC-03 an unlisted option anywhere makes any command a denied one", () => {
  for (const argv of running) {
    if (argv[0] === "ls" || argv[0] === "cat") continue;
    for (const index of optionPositions(argv)) {
      for (const option of ["--unlisted-option", "--unlisted-option=x", "-~"]) {
        const longer = argv.toSpliced(index, 0, option);
        expect({ longer, verdict: judge(longer).verdict }).toEqual({ longer, verdict: "deny" });
      }
    }
  }
});

const tables: Readonly<Record<string, OptionTable>> = {
  pytest: pytestOptions,
  node: nodeOptions,
  ...Object.fromEntries(Object.entries(packageManagers).map(([name, { options }]) => [name, options])),
  ...Object.fromEntries(Object.entries(agents).map(([name, { options }]) => [name, options])),
};

function listedNames(argv: readonly string[]): ReadonlySet<string> {
  const [program = "", ...words] = argv;
  const table = program === "git" ? findSubcommand(withoutGlobals(words))?.subcommand.options : tables[program];
  if (table === undefined) return new Set();
  return new Set([table.flags, table.optional, table.valued, table.text, table.joined].flatMap((set) => [...set]));
}

test("RC-03 every proper beginning of a long option is denied, unless it is listed itself", () => {
  for (const argv of running) {
    const listed = listedNames(argv);
    if (listed.size === 0) continue;
    for (const index of optionPositions(argv).filter((it) => /^--[a-z]{2}/.test(argv[it] ?? ""))) {
      const [name = "", ...value] = (argv[index] ?? "").split("=");
      for (let length = 3; length < name.length; length += 1) {
        const short = name.slice(0, length);
        if (listed.has(short)) continue;
        const shorter = argv.with(index, [short, ...value].join("="));
        expect({ shorter, verdict: judge(shorter).verdict }).toEqual({ shorter, verdict: "deny" });
      }
    }
  }
});

test("RC-03 a -- before the operands never makes a git command less strict", () => {
  for (const argv of commands) {
    // Behind `--` a word is a file to checkout and no longer a branch: that is another command.
    if (argv[0] !== "git" || argv.includes("--") || argv.includes("checkout")) continue;
    const lastOption = argv.findLastIndex((word) => word.startsWith("-"));
    for (let index = Math.max(2, lastOption + 1); index <= argv.length; index += 1) {
      const separated = argv.toSpliced(index, 0, "--");
      expect({ separated, loosens: isStricter(judge(argv).verdict, judge(separated).verdict) }).toEqual({
        separated,
        loosens: false,
      });
    }
  }
});

test("RC-03 nothing is less strict in main", () => {
  for (const argv of commands) {
    const loosens = isStricter(judge(argv).verdict, judge(argv, "main").verdict);
    expect({ argv, loosens }).toEqual({ argv, loosens: false });
  }
});

test("the case of a program or subcommand matters", () => {
  for (const argv of running) {
    expect(judge(argv.with(0, argv[0]?.toUpperCase() ?? "")).verdict).toBe("deny");
    if (argv[0] !== "git" || argv[1]?.startsWith("-")) continue;
    expect(judge(argv.with(1, argv[1]?.toUpperCase() ?? "")).verdict).toBe("deny");
  }
});

test("what a prompt says never changes a verdict", () => {
  const prompts = running.filter(([program, ...words]) => program in agents && / /.test(words.at(-1) ?? ""));
  fc.assert(
    fc.property(fc.constantFrom(...prompts), fc.string({ unit: "grapheme-ascii" }), (argv, more) => {
      const said = argv.with(-1, `${argv.at(-1)} ${more} && git push --force; rm -rf /`);
      expect(judge(said)).toMatchObject({ verdict: judge(argv).verdict, rule: judge(argv).rule });
    }),
  );
});

test("RC-02 what is not listed is denied", () => {
  const name = fc.string({ unit: fc.constantFrom(..."abcdefghij-_./"), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(name, fc.array(name, { maxLength: 3 }), (first, rest) => {
      fc.pre(!Object.hasOwn(programs, first) && !Object.hasOwn(gitSubcommands, first));
      expect(judge([first, ...rest]).verdict).toBe("deny");
      expect(judge(["git", first, ...rest]).verdict).toBe("deny");
    }),
  );
});

/** Words of the corpus in any order, with hostile ones between: nonsense, but of the right kind. */
const anyWord = fc.oneof(
  fc.constantFrom(...new Set(commands.flat())),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "-",
    "--",
    "",
    "=",
    "--=",
    "-=",
    ":",
    "::",
    ":(",
    ":()",
    "@{",
    "../",
    "%G",
  ),
);

test("any words get an answer, always the same, and an approval shows all of it", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(programs)), fc.array(anyWord, { maxLength: 7 }), (program, words) => {
      const decision = judge([program, ...words]);
      expect(decision.rule).not.toBe("X1");
      expect(judge([program, ...words])).toEqual(decision);
      if (decision.verdict !== "ask") return;
      const shown = displayCommand(decision.argv ?? []);
      expect(shown.length).toBeLessThanOrEqual(3_500);
      expect(readDisplayed(shown)).toEqual(decision.argv);
    }),
    { numRuns: 5_000 },
  );
});

test.each(["-", "a", ":", "/", "../", "a/", "{", "-a", "=", "@", ".", "é", "--a", "a,", "Read,"])(
  "the longest argument of nothing but %j gets an answer from every program",
  (unit) => {
    const word = unit.repeat(Math.floor(8_000 / unit.length));
    for (const program of Object.keys(programs)) {
      for (const words of [[word], ["show", word], ["log", `-${word}`], ["-p", "--allowedTools", word, "x"]]) {
        expect(judge([program, ...words]).rule).not.toBe("X1");
      }
    }
  },
);
