import { type GitCall, git, listed } from "../platform/git.ts";
import type { Workspace } from "./workspace.ts";

/** One path that differs from the base. Objects of what is not there are all zeros. */
export interface Change {
  readonly path: string;
  readonly mode: string;
  readonly object: string;
  readonly baseMode: string;
  readonly baseObject: string;
}

/** Every path that differs between two trees; a rename is a deletion and an addition. */
export async function changesBetween(
  { files }: Pick<Workspace, "files">,
  base: string,
  tree: string,
  signal: AbortSignal,
): Promise<Change[]> {
  return changesIn({ cwd: files.directory, gitDir: files.harness }, base, tree, signal);
}

/** The same in any repository that has both. */
export async function changesIn(repository: GitCall, from: string, to: string, signal: AbortSignal): Promise<Change[]> {
  return parseRaw(await git(["diff-tree", "--raw", "--no-renames", "-r", "-z", from, to], repository, signal));
}

/** The patch from one tree to another, for people. */
export function patchOf(
  { files }: Pick<Workspace, "files">,
  base: string,
  tree: string,
  signal: AbortSignal,
): Promise<string> {
  const harness = { cwd: files.directory, gitDir: files.harness };
  return git(["diff-tree", "-p", "--no-ext-diff", "--no-textconv", "-M", base, tree], harness, signal);
}

/** The same for programs: every line of every file, binary ones and moved ones included. */
export function plainPatchOf(
  { files }: Pick<Workspace, "files">,
  baseCommit: string,
  tree: string,
  signal: AbortSignal,
): Promise<string> {
  const options = ["-p", "-U0", "-r", "--text", "--no-renames", "--no-ext-diff", "--no-textconv"];
  return git(["diff-tree", ...options, baseCommit, tree], { cwd: files.directory, gitDir: files.harness }, signal);
}

/** The tree of a commit, or of a tree. */
export async function treeOf(
  { files }: Pick<Workspace, "files">,
  commit: string,
  signal: AbortSignal,
): Promise<string> {
  const call = { cwd: files.directory, gitDir: files.harness };
  return (await git(["rev-parse", "--verify", `${commit}^{tree}`], call, signal)).trim();
}

/** `:oldmode newmode oldhash newhash status\0path\0`, as git-diff-tree(1) describes it under raw output. */
function parseRaw(raw: string): Change[] {
  const parts = listed(raw);
  return parts.flatMap((head, index) => {
    if (index % 2 === 1) return [];
    const [baseMode = "", mode = "", baseObject = "", object = ""] = head.slice(1).split(" ");
    return [{ path: parts[index + 1] ?? "", mode, object, baseMode, baseObject }];
  });
}
