import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type GitCall, git } from "../platform/git.ts";
import { basePaths } from "./base-checkout.ts";
import { unlessTrapped } from "./nested-repositories.ts";
import type { Workspace } from "./workspace.ts";
import { shownPath, sortFiles, stageFiles } from "./worktree-files.ts";

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
  const call = { cwd: worktreePath, gitDir: files.harness, workTree: worktreePath };
  const [{ paths, traps }, parsed] = await Promise.all([
    differingFiles({ ...call, indexFile: basePaths(files.harness).index }, files.harness, signal),
    git(["rev-parse", "--verify", `${baseCommit}^{tree}`], call, signal),
  ]);
  const sorted = await sortFiles(worktreePath, paths);
  const refusals = [...traps.map((path) => `${shownPath(path)} ${trapFlaw}`), ...sorted.refusals];
  const baseTree = parsed.trim();
  if (sorted.takeable.length + sorted.gone.length === 0) return { tree: baseTree, baseTree, refusals };
  // A fresh index, because one that knows sizes and times lets `update-index` pass over a file whose times were forged.
  const staging = { ...call, indexFile: join(files.temporary, `index-${randomUUID()}`) };
  await git(["read-tree", baseCommit], staging, signal);
  const refused = await stageFiles(sorted, staging, signal);
  const tree = (await git(["write-tree"], staging, signal)).trim();
  return { tree, baseTree, refusals: [...refusals, ...refused] };
}

const trapFlaw = "holds a repository that cannot be read to its end; take it away.";

/**
 * What differs from the base, and what is new. Beside a repository that would hold git up, new files are not looked for:
 * what is refused anyway need not be whole.
 */
async function differingFiles(
  call: GitCall,
  harness: string,
  signal: AbortSignal,
): Promise<{ paths: string[]; traps: readonly string[] }> {
  const { ignores } = basePaths(harness);
  // "dirty", or git would start a git in each submodule, under a configuration and filters that an agent wrote.
  const changed = ["diff-files", "--name-only", "-z", "--no-renames", "--ignore-submodules=dirty"];
  const look = (both: AbortSignal) =>
    Promise.all([
      git(changed, call, both),
      git(["ls-files", "-z", "--others", `--exclude-from=${ignores}`], call, both),
    ]);
  const looked = await unlessTrapped(call.cwd, look, signal);
  if ("seen" in looked) return { paths: looked.seen.flatMap(split), traps: [] };
  const passedOver = looked.traps.map((path) => `:(top,exclude,literal)${path}`);
  return { paths: split(await git([...changed, "--", ...passedOver], call, signal)), traps: looked.traps };
}

function split(listing: string): string[] {
  return listing.split("\0").filter((part) => part !== "");
}
