import type { Project } from "../core/config.ts";
import type { DiffStat } from "../core/measurement.ts";
import { type GitCall, git } from "../platform/git.ts";
import { type FileChange, isCheckConfiguration, type Rules } from "./check-configuration.ts";
import { hashFiles } from "./hash-files.ts";
import { scopeOf } from "./scope.ts";
import { leavesTree, linksOf } from "./tree-links.ts";
import type { Workspace } from "./workspace.ts";
import { shownPath } from "./worktree-files.ts";

/** Which files a job may change, and whether it may move and remove submodules; `deny` where nothing is said. */
export type CandidateScope = Pick<Project["scope"], "allow" | "deny"> & Partial<Pick<Project["scope"], "submodules">>;

/** One tree: what is diffed, checked, accepted and landed. */
export interface Candidate {
  readonly tree: string;
  readonly paths: readonly string[];
  readonly changes: readonly Change[];
  readonly stat: DiffStat;
  /** What the job may not do, a sentence each. */
  readonly violations: readonly string[];
}

/** One path that differs from the base. Objects of what is not there are all zeros. */
export interface Change {
  readonly path: string;
  readonly mode: string;
  readonly object: string;
  readonly baseMode: string;
  readonly baseObject: string;
}

/**
 * Takes the candidate from the files, with the harness's own git directory, a fresh index of the base commit and the
 * base's ignore rules and attributes. Nothing the agent did to its own repository (index flags, excludes, filters,
 * commits, a replaced `.git`) is read.
 */
export async function takeCandidate(
  workspace: Workspace,
  { baseCommit, scope }: { baseCommit: string; scope: CandidateScope },
  signal: AbortSignal,
): Promise<Candidate> {
  const harness = { cwd: workspace.files.directory, gitDir: workspace.files.harness };
  const { tree, baseTree, refusals } = await hashFiles(workspace, baseCommit, signal);
  if (tree === baseTree) return { tree, paths: [], changes: [], stat: unchanged, violations: bounded(refusals) };
  const [changes, numbers] = await Promise.all([
    changesBetween(workspace, baseCommit, tree, signal),
    git(["diff-tree", "--numstat", "--no-renames", "-r", "-z", baseCommit, tree], harness, signal),
  ]);
  const violations = [
    ...refusals,
    ...outOfScope(changes, scope),
    ...movedSubmodules(changes, scope),
    ...(await badLinks(changes, { tree, baseCommit, harness }, signal)),
  ];
  const paths = changes.map(({ path }) => path);
  return { tree, paths, changes, stat: parseNumbers(numbers), violations: bounded(violations) };
}

const unchanged: DiffStat = { files: 0, insertions: 0, deletions: 0 };

const shownViolations = 30;

/** Enough to act on; a model is not to be flooded by what an engine did ten thousand times. */
export function bounded(sentences: readonly string[]): string[] {
  if (sentences.length <= shownViolations) return [...sentences];
  return [...sentences.slice(0, shownViolations), `And ${sentences.length - shownViolations} more of this kind.`];
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

export async function treeOf(
  { files }: Pick<Workspace, "files">,
  commit: string,
  signal: AbortSignal,
): Promise<string> {
  const call = { cwd: files.directory, gitDir: files.harness };
  return (await git(["rev-parse", "--verify", `${commit}^{tree}`], call, signal)).trim();
}

/** What the changed files said and say that may decide how checks run. */
export async function textsOf(
  { files }: Pick<Workspace, "files">,
  changes: readonly Change[],
  project: Rules,
  signal: AbortSignal,
): Promise<FileChange[]> {
  const text = async (mode: string, object: string) =>
    /^1[02]0/.test(mode)
      ? await git(["cat-file", "blob", object], { cwd: files.directory, gitDir: files.harness }, signal)
      : undefined;
  const deciding = changes.filter(({ path }) => isCheckConfiguration(path, project));
  return Promise.all(
    deciding.map(async ({ path, mode, object, baseMode, baseObject }) => ({
      path,
      before: await text(baseMode, baseObject),
      after: await text(mode, object),
    })),
  );
}

/** `:oldmode newmode oldhash newhash status\0path\0`, as git-diff-tree(1) describes it under raw output. */
function parseRaw(raw: string): Change[] {
  const parts = split(raw);
  return parts.flatMap((head, index) => {
    if (index % 2 === 1) return [];
    const [baseMode = "", mode = "", baseObject = "", object = ""] = head.slice(1).split(" ");
    return [{ path: parts[index + 1] ?? "", mode, object, baseMode, baseObject }];
  });
}

function parseNumbers(numbers: string): DiffStat {
  const rows = split(numbers).map((row) => row.split("\t"));
  const sum = (column: number) =>
    rows.reduce((total, row) => total + (Number.parseInt(row[column] ?? "0", 10) || 0), 0);
  return { files: rows.length, insertions: sum(0), deletions: sum(1) };
}

function outOfScope(changes: readonly Change[], scope: Pick<Project["scope"], "allow" | "deny">): string[] {
  const isInScope = scopeOf(scope);
  return changes
    .filter(({ path }) => !isInScope(path))
    .map(({ path }) => `${shownPath(path)} is outside the scope of this project's jobs.`);
}

/**
 * A submodule is one line that names a commit elsewhere: nothing here can say what is in it, and no url of an agent's is
 * fetched. A folder that became one would hide what it holds from the checks.
 */
function movedSubmodules(changes: readonly Change[], { submodules = "deny" }: CandidateScope): string[] {
  return changes
    .filter(({ mode, baseMode }) => mode === submodule || baseMode === submodule)
    .flatMap(({ path, baseMode }) => {
      if (baseMode !== submodule) return [`${shownPath(path)} became a submodule; only people add those.`];
      if (submodules === "allow") return [];
      return [`${shownPath(path)} is a submodule, and jobs may neither move nor remove it (scope.submodules: deny).`];
    });
}

const submodule = "160000";

/** Links out of the tree, new ones and old ones that a new link on their way leads astray. */
async function badLinks(
  changes: readonly Change[],
  { tree, baseCommit, harness }: { tree: string; baseCommit: string; harness: GitCall },
  signal: AbortSignal,
): Promise<string[]> {
  const changed = new Set(changes.map(({ path }) => path));
  if (!changes.some(({ mode }) => mode === "120000")) return [];
  const [links, before] = [await linksOf(tree, harness, signal), await linksOf(baseCommit, harness, signal)];
  return [...links.keys()]
    .filter((path) => leavesTree(path, links) && (changed.has(path) || !leavesTree(path, before)))
    .map((path) => `${shownPath(path)} is a link that leaves the repository.`);
}

function split(listing: string): string[] {
  return listing.split("\0").filter((part) => part !== "");
}
