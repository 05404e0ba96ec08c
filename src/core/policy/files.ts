import { type Arguments, allOperands, isOption } from "./options.ts";
import { allow, deny, type Outcome } from "./outcome.ts";
import { flawOfPath, flawOfReadPath } from "./paths.ts";

/** F1: options of ls, in clusters or long, change only how it prints. */
export function judgeLs(words: readonly string[]): Outcome {
  const args = readFreely(words);
  if (args === undefined) return oddOption("ls");
  const flaw = allOperands(args)
    .map(flawOfPath)
    .find((found) => found !== undefined);
  return flaw ?? allow("F1", "It lists files of the worktree.");
}

export function judgeCat(words: readonly string[]): Outcome {
  const args = readFreely(words);
  if (args === undefined) return oddOption("cat");
  const files = allOperands(args);
  if (files.length === 0 || files.includes("-")) {
    return deny("F1", "cat would wait for input.", "Name at least one file.");
  }
  return (
    files.map(flawOfReadPath).find((found) => found !== undefined) ?? allow("F1", "It reads files of the worktree.")
  );
}

export function judgePwd(words: readonly string[]): Outcome {
  if (words.every((word) => word === "-P" || word === "-L")) return allow("F1", "It prints where it runs.");
  return deny("F1", "pwd takes only -P or -L.", "Write pwd.");
}

function readFreely(words: readonly string[]): Arguments | undefined {
  const separator = words.indexOf("--");
  const before = separator === -1 ? words : words.slice(0, separator);
  const given = before.filter(isOption);
  if (!given.every((word) => /^-[A-Za-z0-9]+$|^--[a-z][a-z-]*(=.*)?$/s.test(word))) return undefined;
  return {
    options: given.map((name) => ({ name })),
    operands: before.filter((word) => !isOption(word)),
    rest: separator === -1 ? [] : words.slice(separator + 1),
  };
}

function oddOption(program: string): Outcome {
  return deny("F1", `${program} has no such option.`, "Put a file that begins with a dash behind --.");
}
