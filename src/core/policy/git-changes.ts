import { quote } from "../command-display.ts";
import { type Arguments, allOperands, has, valuesOf } from "./options.ts";
import { ask, deny, type Outcome } from "./outcome.ts";
import { flawOfReadPath } from "./paths.ts";

/** P1, P2: `commit -F file` puts a file into a message. */
export function judgeCommit(args: Arguments): Outcome | undefined {
  return valuesOf(args, "-F --file")
    .map((file) => (file === "-" ? noInput : flawOfReadPath(file)))
    .find((flaw) => flaw !== undefined);
}

const noInput = deny("P1", "Nothing can be typed in.", "Give the text with -m, or name a file of the worktree.");

/** `git apply` alone would read from the terminal. */
export function judgeApply(args: Arguments): Outcome | undefined {
  const files = allOperands(args);
  return files.length === 0 || files.includes("-") ? noInput : undefined;
}

const strategies = new Set(["ort", "recursive", "resolve", "ours", "subtree", "octopus"]);

/** G3: git runs `git-merge-<name>` for a strategy that it does not know. */
export function judgeStrategy(args: Arguments, optionNames: string): Outcome | undefined {
  const unknown = valuesOf(args, optionNames).find((name) => !strategies.has(name));
  if (unknown === undefined) return undefined;
  return deny("G3", `${quote(unknown)} would run as a program.`, `Use one of ${[...strategies].join(", ")}.`);
}

/** Without --worktree, --staged only takes files out of the index. */
export function judgeRestore(args: Arguments): Outcome | undefined {
  if (allOperands(args).length === 0) return deny("G4", "It names no path.", "Name what to restore.");
  if (has(args, "-S --staged") && !has(args, "-W --worktree")) return undefined;
  return ask("G5", "It throws away uncommitted changes of these files.");
}

/** `git stash` alone means push; a word behind it would be another verb (branch, create, store). */
export function judgeBareStash({ operands, rest }: Arguments): Outcome | undefined {
  const [verb] = operands;
  if (verb !== undefined) {
    return deny("G1", `git stash ${quote(verb)} is not listed.`, "Use push, pop, apply, list, show, drop or clear.");
  }
  return rest === undefined ? undefined : deny("G1", "Paths need a verb.", "Write git stash push -- path.");
}
