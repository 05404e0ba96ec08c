import { flawOfNewName, flawOfTarget } from "./git-names.ts";
import { type Arguments, allOperands, has, valuesOf } from "./options.ts";
import { ask, deny, type Outcome } from "./outcome.ts";

const listing = "--contains --no-contains --merged --no-merged --points-at";

export function listsBranches(args: Arguments): boolean {
  if (has(args, "-d -D --delete -m -M --move -c -C --copy -f --force")) return false;
  return allOperands(args).length === 0 || has(args, `--list -l --show-current ${listing}`);
}

/** G8. Deleting and renaming touch every name, copying its last; making and forcing a branch, the first. */
export function judgeBranch(args: Arguments): Outcome | undefined {
  if (listsBranches(args)) return undefined;
  const names = allOperands(args);
  if (has(args, "-d -D --delete -m -M --move")) return firstFlaw(names);
  return firstFlaw(has(args, "-c -C --copy") ? names.slice(-1) : names.slice(0, 1));
}

export function listsTags(args: Arguments): boolean {
  if (has(args, "-a --annotate -d --delete -f --force -m --message")) return false;
  return allOperands(args).length === 0 || has(args, `-l --list -n ${listing}`);
}

/** G8 also for a tag: it would hide the branch of the same name. */
export function judgeTag(args: Arguments): Outcome | undefined {
  if (listsTags(args)) return undefined;
  if (has(args, "-a --annotate") && !has(args, "-m --message")) {
    return deny("G3", "Without a message it would open an editor.", "Add -m with the message.");
  }
  return firstFlaw(has(args, "-d --delete") ? allOperands(args) : allOperands(args).slice(0, 1));
}

export function judgeSwitch(args: Arguments): Outcome | undefined {
  if (has(args, "--force-create")) return firstFlaw(allOperands(args).slice(0, 1));
  const made = valuesOf(args, "-c -C");
  return made.length > 0 ? (firstFlaw(made) ?? tooManyNames(args)) : firstTargetFlaw(args);
}

/** A word that git may take for a path, or two words, throw away changes in files; one word is a branch. */
export function judgeCheckout(args: Arguments): Outcome | undefined {
  const made = valuesOf(args, "-b -B");
  if (made.length > 0) return firstFlaw(made) ?? tooManyNames(args);
  if (checksOutPaths(args)) return ask("G5", "It throws away uncommitted changes of these files.");
  return firstTargetFlaw(args);
}

/** Whether checkout is given files. `git checkout name` alone is made to mean a branch (harden.ts). */
export function checksOutPaths({ operands, rest = [] }: Arguments): boolean {
  return rest.length > 0 || operands.length > 1 || operands.some((word) => /^[.:]|\/$|[*?[]/.test(word));
}

function firstTargetFlaw(args: Arguments): Outcome | undefined {
  const [target, ...more] = allOperands(args);
  if (more.length > 0) return tooManyNames(args);
  if (target !== undefined) return flawOfTarget(target);
  if (has(args, "-f --force --discard-changes -d --detach")) return undefined;
  return deny("G4", "It names no branch.", "Name the branch to switch to.");
}

function tooManyNames(args: Arguments): Outcome | undefined {
  if (allOperands(args).length <= 1) return undefined;
  return deny("G4", "It names more than a branch and its start.", "Name one branch and at most one start.");
}

function firstFlaw(names: readonly string[]): Outcome | undefined {
  return names.map(flawOfNewName).find((flaw) => flaw !== undefined);
}
