import { type GitCall, git } from "../platform/git.ts";

/** One file, link or submodule of a tree, as git-ls-tree(1) lists it. */
export interface TreeEntry {
  readonly mode: string;
  readonly object: string;
  readonly path: string;
}

/** Everything in a tree, folders opened. */
export async function entriesOf(tree: string, repository: GitCall, signal: AbortSignal): Promise<TreeEntry[]> {
  const listing = await git(["ls-tree", "-r", "-z", tree], repository, signal);
  return listing.split("\0").flatMap((row) => {
    const end = row.indexOf("\t");
    const [mode = "", , object = ""] = row.slice(0, end).split(" ");
    return end === -1 ? [] : [{ mode, object, path: row.slice(end + 1) }];
  });
}
