import { quote } from "../command-display.ts";
import { flawOfNewName, flawOfRevisionOrPath } from "./git-names.ts";
import { type Arguments, allOperands, has, valuesOf } from "./options.ts";
import { deny, type Outcome } from "./outcome.ts";
import { isWorktreeName } from "./paths.ts";
import type { Place } from "./place.ts";

/** G12. Without -b and a start git makes a branch that is named like the folder. */
export function judgeWorktreeAdd(args: Arguments, place: Place): Outcome | undefined {
  const [path = "", start, ...more] = allOperands(args);
  const name = siblingOf(path, place);
  if (name === undefined) return noSibling(path);
  if (more.length > 0) return deny("G12", "It has too many words.", "Write git worktree add -b task/x ../task-x main.");
  if (start !== undefined && (start.startsWith("-") || flawOfRevisionOrPath(start))) return noSibling(start);
  const made = valuesOf(args, "-b");
  if (made.length === 0 && start === undefined && !has(args, "-d --detach")) made.push(name);
  return made.map(flawOfNewName).find((flaw) => flaw !== undefined);
}

export function judgeWorktreeRemove(args: Arguments, place: Place): Outcome | undefined {
  const [path = "", ...more] = allOperands(args);
  return more.length === 0 && siblingOf(path, place) !== undefined ? undefined : noSibling(path);
}

/** The name in `../name`, if it may be a task worktree of this job. */
function siblingOf(path: string, { worktrees }: Place): string | undefined {
  const name = path.startsWith("../") ? path.slice(3) : "";
  if (!isWorktreeName(name) || name === "main") return undefined;
  return Object.hasOwn(worktrees, name) && worktrees[name]?.kind === "main" ? undefined : name;
}

function noSibling(word: string): Outcome {
  return deny("G12", `${quote(word)} is no place for a task worktree.`, "Write ../<name>, beside this one.");
}
