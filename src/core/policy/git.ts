import { quote } from "../command-display.ts";
import { flawOfRevisionOrPath } from "./git-names.ts";
import { flawOfFormat, flawOfLineRange } from "./git-reads.ts";
import type { Subcommand } from "./git-subcommand.ts";
import { gitSubcommands } from "./git-table.ts";
import { type Arguments, allOperands, has, readOptions, valuesOf } from "./options.ts";
import { allow, ask, deny, type Outcome, strictest } from "./outcome.ts";
import type { Place } from "./place.ts";

/** Judges the words behind `git`: G0 to G12. */
export function judgeGit(words: readonly string[], place: Place): Outcome {
  const own = withoutGlobals(words);
  if (own.length === 1 && own[0] === "--version") return allow("G0", "It prints git's version.");
  const found = findSubcommand(own);
  if (found === undefined) return unlisted(own[0]);

  const args = readOptions(found.subcommand.options, found.words);
  if ("problem" in args) return deny("G2", `git ${found.name}: ${args.problem}`, args.advice);
  return judgeSubcommand(found, args, place);
}

const harmlessGlobals = new Set([
  "--no-pager",
  "-P",
  "--no-optional-locks",
  "--literal-pathspecs",
  "--no-replace-objects",
]);

/** G0: the words from the subcommand on. */
export function withoutGlobals(words: readonly string[]): readonly string[] {
  const start = words.findIndex((word) => !harmlessGlobals.has(word));
  return start === -1 ? [] : words.slice(start);
}

export interface FoundSubcommand {
  /** `log`, or `stash push`. */
  readonly name: string;
  readonly subcommand: Subcommand;
  /** The words behind its name. */
  readonly words: readonly string[];
}

/** Looks a subcommand up by its own name: one word, or two where the second is a verb. */
export function findSubcommand(words: readonly string[]): FoundSubcommand | undefined {
  const [first = "", second = ""] = words;
  if (!/^[a-z-]+$/.test(first)) return undefined;
  for (const [name, length] of [
    [`${first} ${second}`, 2],
    [first, 1],
  ] as const) {
    const subcommand = Object.hasOwn(gitSubcommands, name) ? gitSubcommands[name] : undefined;
    if (subcommand !== undefined) return { name, subcommand, words: words.slice(length) };
  }
  return undefined;
}

function unlisted(word: string | undefined): Outcome {
  if (word === undefined) return deny("G1", "It names no subcommand of git.", "Name one, such as git status.");
  if (word.startsWith("-")) {
    return deny(
      "G0",
      `git ${quote(word)} is not listed.`,
      "Begin with the subcommand; another worktree has its own name.",
    );
  }
  const advice = Object.hasOwn(instead, word) ? instead[word] : undefined;
  return deny("G1", `git ${quote(word)} is not listed.`, advice ?? "Use a listed subcommand by its whole name.");
}

const landing = "Commit on the task's branch: Chargehand lands it when a person says so.";
const noRewriting = "Bring main in with git merge main; for the last commit there is git commit --amend.";
const instead: Readonly<Record<string, string>> = {
  push: landing,
  "send-pack": landing,
  rebase: noRewriting,
  "filter-branch": noRewriting,
  "update-ref": "Make branches with git switch -c or git branch.",
  clone: "Work in the worktrees there are; git worktree add ../<name> makes another.",
  init: "Work in the worktrees there are; git worktree add ../<name> makes another.",
  am: "Use git apply and git commit.",
  archive: "Use git show or git format-patch --stdout.",
  difftool: "Use git diff.",
  mergetool: "Let an engine resolve the conflict in the files, then git add and git commit.",
  bisect: "Use git log and git show, and run the tests on the commits.",
};

function judgeSubcommand({ name, subcommand }: FoundSubcommand, args: Arguments, place: Place): Outcome {
  const { rule, judge } = subcommand;
  return strictest(
    [
      flawInMain(name, subcommand, args, place),
      flawOfNeeds(name, subcommand, args),
      flawOfOperands(name, subcommand, args),
      flawOfValues(args),
      judge?.(args, place),
      ...(subcommand.asks ?? []).map(({ options, because }) =>
        options === undefined || has(args, options) ? ask(rule ?? "G5", because) : undefined,
      ),
    ],
    allow(rule ?? "G4", subcommand.effect === "reads" ? "It only reads." : "It is ordinary work in a task worktree."),
  );
}

/** G6 and G7. */
function flawInMain(name: string, subcommand: Subcommand, args: Arguments, place: Place): Outcome | undefined {
  if (!place.inMain || subcommand.effect === "reads" || subcommand.lists?.(args)) return undefined;
  const wipes = (name === "reset" && has(args, "--hard")) || (name === "clean" && has(args, "-f --force"));
  const advice = "Do it in a task worktree; main changes only by landing.";
  return deny(wipes ? "G6" : "G7", `git ${name} would change main.`, advice);
}

function flawOfNeeds(name: string, { needs }: Subcommand, args: Arguments): Outcome | undefined {
  if (needs === undefined || has(args, needs.options)) return undefined;
  return deny("G3", needs.because, `Give git ${name} one of ${needs.options.replaceAll(" ", ", ")}.`);
}

function flawOfOperands(name: string, { operands }: Subcommand, args: Arguments): Outcome | undefined {
  if (operands === "own") return undefined;
  const words = allOperands(args);
  const [first] = words;
  if (operands === "none" && first !== undefined) {
    return deny("G2", `git ${name} takes no ${quote(first)}.`, `Write git ${name} with options alone.`);
  }
  if (operands === "names" && words.some((word) => word.startsWith("-") && word !== "-")) {
    return deny("G2", "A name begins with a dash.", "Names of branches, tags and commits do not.");
  }
  return words.map(flawOfRevisionOrPath).find((flaw) => flaw !== undefined);
}

/** Values that name files or run programs, whatever the subcommand. */
function flawOfValues(args: Arguments): Outcome | undefined {
  const formats = valuesOf(args, "--format --pretty --group --sort").map(flawOfFormat);
  const ranges = valuesOf(args, "-L").map(flawOfLineRange);
  return [...formats, ...ranges].find((flaw) => flaw !== undefined);
}
