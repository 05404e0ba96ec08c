import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type GitCall, git, listed } from "../platform/git.ts";
import { basePaths, submodulesOf } from "./base-checkout.ts";
import { unlessTrapped } from "./nested-repositories.ts";
import { filledSubmodules } from "./submodules.ts";
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
  const freshIndex = () => join(files.temporary, `index-${randomUUID()}`);
  const [{ paths, traps, filled }, parsed] = await Promise.all([
    differingFiles({ worktree: call, harness: files.harness, baseCommit, freshIndex }, signal),
    git(["rev-parse", "--verify", `${baseCommit}^{tree}`], call, signal),
  ]);
  const sorted = await sortFiles(worktreePath, paths);
  const refusals = [
    ...traps.map((path) => `${shownPath(path)} ${trapFlaw}`),
    ...filled.map((path) => `${shownPath(path)} ${filledFlaw}`),
    ...sorted.refusals,
  ];
  const baseTree = parsed.trim();
  if (sorted.takeable.length + sorted.gone.length === 0) return { tree: baseTree, baseTree, refusals };
  // A fresh index, because one that knows sizes and times lets `update-index` pass over a file whose times were forged.
  const staging = { ...call, indexFile: freshIndex() };
  await git(["read-tree", baseCommit], staging, signal);
  const refused = await stageFiles(sorted, staging, signal);
  const tree = (await git(["write-tree"], staging, signal)).trim();
  return { tree, baseTree, refusals: [...refusals, ...refused] };
}

const trapFlaw = "holds a repository that cannot be read to its end; take it away.";
const filledFlaw = "is a submodule that is not here, so what lies in its folder is not taken; take it away.";

interface Differing {
  readonly paths: readonly string[];
  readonly traps: readonly string[];
  /** Submodules with files in them that are in no repository. */
  readonly filled: readonly string[];
}

interface Place {
  readonly worktree: GitCall;
  readonly harness: string;
  readonly baseCommit: string;
  readonly freshIndex: () => string;
}

/**
 * What differs from the base, and what is new. Beside a repository that would hold git up, new files are not looked for:
 * what is refused anyway need not be whole.
 */
async function differingFiles(
  { worktree, harness, baseCommit, freshIndex }: Place,
  signal: AbortSignal,
): Promise<Differing> {
  const { index, ignores } = basePaths(harness);
  const call = { ...worktree, indexFile: index };
  // "dirty", or git would start a git in each submodule, under a configuration and filters that an agent wrote.
  const changed = ["diff-files", "--name-only", "-z", "--no-renames", "--ignore-submodules=dirty"];
  const known = await submodulesOf(harness, baseCommit, signal);
  const look = (both: AbortSignal) =>
    Promise.all([
      git(changed, call, both),
      git(["ls-files", "-z", "--others", `--exclude-from=${ignores}`], call, both),
      filledSubmodules(known, { worktree: { ...worktree, indexFile: freshIndex() }, ignores, baseCommit }, both),
    ]);
  const looked = await unlessTrapped(call.cwd, look, signal);
  if ("seen" in looked) {
    const [differing, added, filled] = looked.seen;
    return { paths: [...listed(differing), ...listed(added)], traps: [], filled };
  }
  const passedOver = looked.traps.map((path) => `:(top,exclude,literal)${path}`);
  const paths = listed(await git([...changed, "--", ...passedOver], call, signal));
  return { paths, traps: looked.traps, filled: [] };
}
