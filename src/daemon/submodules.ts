import type { Project } from "../core/config.ts";
import { type GitCall, git, listed } from "../platform/git.ts";
import type { Change } from "./tree-changes.ts";
import type { TreeEntry } from "./tree-entries.ts";
import { shownPath } from "./worktree-files.ts";

/**
 * A submodule is one line of a tree that names a commit elsewhere: nothing here can say what is in it, and no url of an
 * agent's is fetched.
 */
const submodule = "160000";

export function submodulesIn(entries: readonly TreeEntry[]): string[] {
  return entries.filter(({ mode }) => mode === submodule).map(({ path }) => path);
}

type Permission = Project["scope"]["submodules"];

/** What a job may not have done to submodules. A folder that became one would hide what it holds from the checks. */
export function refusedSubmodules(changes: readonly Change[], permission: Permission = "deny"): string[] {
  return changes.flatMap((change) => {
    const path = shownPath(change.path);
    if (change.mode === submodule && change.baseMode !== submodule)
      return [`${path} became a submodule; only people add those.`];
    if (permission === "allow") return [];
    if (change.path === sources)
      return [`${path} says where submodules come from; jobs may not change it (scope.submodules: deny).`];
    if (change.baseMode !== submodule) return [];
    return [
      `${path} is a submodule that ${fateOf(change)}; jobs may neither move nor remove it (scope.submodules: deny).`,
    ];
  });
}

/** What a person should know of submodules before they merge: no check looks at what comes from elsewhere. */
export function remarksOnSubmodules(changes: readonly Change[]): string[] {
  return changes.flatMap((change) => {
    if (change.path === sources) return [`${sources}, which says where submodules come from, was changed`];
    return change.baseMode === submodule ? [`Submodule ${shownPath(change.path)} ${fateOf(change)}`] : [];
  });
}

/** gitmodules(5): only the one at the top counts. */
const sources = ".gitmodules";

function fateOf({ mode, object, baseObject }: Change): string {
  if (mode === submodule) return `was moved, ${short(baseObject)} → ${short(object)}`;
  return mode === "000000" ? "was removed" : "was replaced by something else";
}

function short(commit: string): string {
  return commit.slice(0, 7);
}

/**
 * The submodules in whose folders something lies that no repository at a commit holds. Git takes each for one that was not
 * fetched, and passes over what is in there. `worktree` names an index that does not exist yet.
 */
export async function filledSubmodules(
  submodules: readonly string[],
  { worktree, ignores, baseCommit }: { worktree: GitCall; ignores: string; baseCommit: string },
  signal: AbortSignal,
): Promise<string[]> {
  if (submodules.length === 0) return [];
  const folders = submodules.map((path) => `:(top,literal)${path}`);
  // To an index that knows nothing, whatever lies there is new.
  const untracked = ["ls-files", "-z", "--others", `--exclude-from=${ignores}`, "--", ...folders];
  const found = listed(await git(untracked, worktree, signal));
  const filled = submodules.filter((path) => found.some((one) => one.startsWith(`${path}/`)));
  if (filled.length === 0) return [];
  // To one in which each is at a commit that nobody has, every repository that is at a commit has been moved.
  const nowhere = "1".repeat(baseCommit.length);
  const input = filled.map((path) => `${submodule} ${nowhere}\t${path}\0`).join("");
  await git(["update-index", "-z", "--index-info"], { ...worktree, input }, signal);
  const changed = ["diff-files", "--name-only", "-z", "--no-renames", "--ignore-submodules=dirty"];
  const moved = new Set(listed(await git(changed, worktree, signal)));
  return filled.filter((path) => !moved.has(path));
}
