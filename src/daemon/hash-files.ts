import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { git } from "../platform/git.ts";
import { basePaths } from "./base-checkout.ts";
import type { Workspace } from "./workspace.ts";
import { sortFiles, stageFiles } from "./worktree-files.ts";

/** The files of a worktree as they are now, ignored ones left out, and what among them cannot be taken. */
export interface HashedFiles {
  readonly tree: string;
  /** The tree of the base: the same when nothing was changed. */
  readonly baseTree: string;
  readonly refusals: readonly string[];
}

/**
 * Hashes a worktree's files with the harness's repository, the base's ignore rules and attributes, and an index that no
 * agent has touched. No file is taken for unchanged by its size and times: each is read.
 */
export async function hashFiles(
  { files, worktreePath }: Pick<Workspace, "files" | "worktreePath">,
  baseCommit: string,
  signal: AbortSignal,
): Promise<HashedFiles> {
  const { index, ignores } = basePaths(files.harness);
  const call = { cwd: worktreePath, gitDir: files.harness, workTree: worktreePath };
  const [changed, added, parsed] = await Promise.all([
    // "dirty", or git would start a git in each submodule, under a configuration and filters that an agent wrote.
    git(
      ["diff-files", "--name-only", "-z", "--no-renames", "--ignore-submodules=dirty"],
      { ...call, indexFile: index },
      signal,
    ),
    git(["ls-files", "-z", "--others", `--exclude-from=${ignores}`], { ...call, indexFile: index }, signal),
    git(["rev-parse", "--verify", `${baseCommit}^{tree}`], call, signal),
  ]);
  const sorted = await sortFiles(worktreePath, [...split(changed), ...split(added)]);
  const baseTree = parsed.trim();
  if (sorted.takeable.length + sorted.gone.length === 0) return { tree: baseTree, baseTree, refusals: sorted.refusals };
  // A fresh index, because one that knows sizes and times lets `update-index` pass over a file whose times were forged.
  const staging = { ...call, indexFile: join(files.temporary, `index-${randomUUID()}`) };
  await git(["read-tree", baseCommit], staging, signal);
  const refused = await stageFiles(sorted, staging, signal);
  const tree = (await git(["write-tree"], staging, signal)).trim();
  return { tree, baseTree, refusals: [...sorted.refusals, ...refused] };
}

function split(listing: string): string[] {
  return listing.split("\0").filter((part) => part !== "");
}
