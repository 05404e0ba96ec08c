import type { Project } from "../core/config.ts";
import type { DiffStat } from "../core/measurement.ts";
import { type GitCall, git, listed } from "../platform/git.ts";
import { type FileChange, isCheckConfiguration, type Rules } from "./check-configuration.ts";
import { hashFiles } from "./hash-files.ts";
import { scopeOf } from "./scope.ts";
import { refusedSubmodules, remarksOnSubmodules } from "./submodules.ts";
import { type Change, changesBetween } from "./tree-changes.ts";
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
  /** What a person should know of it before they merge, a line each. */
  readonly remarks: readonly string[];
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
  if (tree === baseTree) return { ...unchanged, tree, violations: bounded(refusals) };
  const [changes, numbers] = await Promise.all([
    changesBetween(workspace, baseCommit, tree, signal),
    git(["diff-tree", "--numstat", "--no-renames", "-r", "-z", baseCommit, tree], harness, signal),
  ]);
  const violations = [
    ...refusals,
    ...outOfScope(changes, scope),
    ...refusedSubmodules(changes, scope.submodules),
    ...(await badLinks(changes, { tree, baseCommit, harness }, signal)),
  ];
  const paths = changes.map(({ path }) => path);
  const remarks = bounded(remarksOnSubmodules(changes));
  return { tree, paths, changes, stat: parseNumbers(numbers), violations: bounded(violations), remarks };
}

const unchanged = { paths: [], changes: [], stat: { files: 0, insertions: 0, deletions: 0 }, remarks: [] };

const shownViolations = 30;

/** Enough to act on; a model is not to be flooded by what an engine did ten thousand times. */
export function bounded(sentences: readonly string[]): string[] {
  if (sentences.length <= shownViolations) return [...sentences];
  return [...sentences.slice(0, shownViolations), `And ${sentences.length - shownViolations} more of this kind.`];
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

function parseNumbers(numbers: string): DiffStat {
  const rows = listed(numbers).map((row) => row.split("\t"));
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
