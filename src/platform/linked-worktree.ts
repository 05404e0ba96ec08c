import { mkdir, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

export interface LinkedWorktree {
  /** The git directory it shall belong to. */
  readonly repository: string;
  /** The folder that holds the checked-out files now. */
  readonly tree: string;
  /** Where that folder will be found; nothing is moved here. */
  readonly path: string;
  /** Full name of the branch that is checked out; it exists in the repository. */
  readonly branch: string;
  /** An index that fits the files. It is moved into the repository, so both are on one file system. */
  readonly index: string;
}

/**
 * Makes a folder of files a linked worktree of a repository, as `git worktree add` would, without a process: the files are
 * those that gitrepository-layout(5) lists under `worktrees/<id>`, and the `.git` file that points at them.
 */
export async function linkWorktree({ repository, tree, path, branch, index }: LinkedWorktree): Promise<void> {
  const own = join(repository, "worktrees", basename(path));
  await mkdir(own, { recursive: true });
  await Promise.all([
    writeFile(join(own, "HEAD"), `ref: ${branch}\n`),
    writeFile(join(own, "commondir"), "../..\n"),
    writeFile(join(own, "gitdir"), `${join(path, ".git")}\n`),
    writeFile(join(tree, ".git"), `gitdir: ${own}\n`),
    rename(index, join(own, "index")),
  ]);
}
