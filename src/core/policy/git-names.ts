import { quote } from "../command-display.ts";
import { deny, type Outcome } from "./outcome.ts";
import { flawOfPath, flawOfSecret } from "./paths.ts";

const protectedBranches = new Set(["main", "master", "production", "release"]);

/** Whether this names a branch that belongs to people. Case does not matter to every file system. */
export function isProtected(name: string): boolean {
  return protectedBranches.has(name.replace(/^(refs\/)?heads\//, "").toLowerCase());
}

/** G8: a branch or tag that a command would make, move, rename or delete. */
export function flawOfNewName(name: string): Outcome | undefined {
  if (isProtected(name)) {
    return deny("G8", `${name} belongs to people.`, "Work on a branch of the task, such as task/…");
  }
  if (isPlainName(name)) return undefined;
  return deny("G8", `${quote(name)} is not a name for a branch or tag.`, "Use letters, digits, / . _ and -.");
}

/** A name of a ref as people write it: nothing that git would read as an option, a range or a refspec. */
export function isPlainName(name: string): boolean {
  return /^[^\s\-~^:?*[\\+@{}.][^\s~^:?*[\\+{}]*$/u.test(name) && !name.includes("..") && !name.includes("//");
}

/** G7: what switch or checkout would go to. */
export function flawOfTarget(target: string): Outcome | undefined {
  const advice = "Make a branch for the task: git switch -c task/… main.";
  if (isProtected(target)) return deny("G7", `${target} belongs to people.`, advice);
  const isUnseen = target === "-" || /^@\{-\d+\}$/.test(target);
  return isUnseen ? deny("G7", `Where ${target} leads cannot be seen.`, "Name the branch.") : undefined;
}

/**
 * P1 for what git takes as a revision, a path in a revision, or a pathspec with its magic. Each part between colons
 * must be a path that stays inside: which colon ends the revision is not always the first (`HEAD^{/a:b}:file`).
 */
export function flawOfRevisionOrPath(operand: string): Outcome | undefined {
  const text = withoutMagic(operand);
  if (text === undefined) return deny("P1", `${quote(operand)} has magic that is not listed.`, "Use plain paths.");
  if (operand === "") return flawOfPath(operand);
  for (const part of text.split(":")) {
    const flaw = part === "" ? undefined : flawOfPath(part);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}

/** P2 for `revision:path`, which prints a file. */
export function flawOfShownFile(operand: string): Outcome | undefined {
  return operand.includes(":") ? flawOfSecret((withoutMagic(operand) ?? operand).replaceAll(":", "/")) : undefined;
}

/** Takes `:(top)`, `:!`, `:/` or `:1:` away from the front of a pathspec. */
function withoutMagic(operand: string): string | undefined {
  if (!operand.startsWith(":")) return operand;
  const [, words, path] = /^:\(([^)]*)\)(.*)$/s.exec(operand) ?? [];
  if (words !== undefined) return words.split(",").every((word) => pathspecMagic.has(word)) ? path : undefined;
  return operand.replace(/^:([0-3]:|[/!^]*:?)/, "");
}

const pathspecMagic = new Set(["", "top", "literal", "icase", "glob", "exclude"]);
