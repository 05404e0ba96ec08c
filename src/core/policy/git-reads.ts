import { flawOfRevisionOrPath, flawOfShownFile } from "./git-names.ts";
import { type Arguments, allOperands, has } from "./options.ts";
import { deny, type Outcome } from "./outcome.ts";

/** P2: `git show HEAD:.env` prints the file. */
export function judgeShow(args: Arguments): Outcome | undefined {
  return allOperands(args)
    .map(flawOfShownFile)
    .find((flaw) => flaw !== undefined);
}

/** P2: with -t, -s and -e no content is printed. */
export function judgeCatFile(args: Arguments): Outcome | undefined {
  if (has(args, "-t -s -e")) return undefined;
  return allOperands(args)
    .map(flawOfShownFile)
    .find((flaw) => flaw !== undefined);
}

/** The pattern is text; only what follows it names revisions and paths. */
export function judgeGrep(args: Arguments): Outcome | undefined {
  const [before, after] = [[...args.operands], [...(args.rest ?? [])]];
  if (!has(args, "-e")) (before.length > 0 ? before : after).shift();
  return [...before, ...after].map(flawOfRevisionOrPath).find((flaw) => flaw !== undefined);
}

const reflogVerbs = new Set(["delete", "drop", "exists", "expire", "list", "write"]);

export function judgeReflog(args: Arguments): Outcome | undefined {
  const verb = allOperands(args).find((operand) => reflogVerbs.has(operand));
  return verb === undefined ? undefined : deny("G1", `git reflog ${verb} is not listed.`, "git reflog shows the log.");
}

/** P1: `-L 1,5:path` names a file behind a colon. */
export function flawOfLineRange(range: string): Outcome | undefined {
  return range.includes(":") ? flawOfRevisionOrPath(range.slice(range.indexOf(":") + 1)) : undefined;
}

/** G3: `%G…` and `%(signature)` run gpg, and so does sorting by signature. */
export function flawOfFormat(format: string): Outcome | undefined {
  if (!/%[-+ ]?G|%\(\*?signature|^[-*]*signature/i.test(format)) return undefined;
  return deny("G3", "A placeholder for signatures runs another program.", "Leave signatures out of the format.");
}
