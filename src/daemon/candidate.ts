import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import type { Project } from "../core/config.ts";
import type { DiffStat } from "../core/measurement.ts";
import { type GitCall, git } from "../platform/git.ts";
import { ignoreRulesAt } from "./ignore-rules.ts";
import { scopeOf } from "./scope.ts";
import type { Workspace } from "./workspace.ts";

/** One tree: what is diffed, checked, accepted and landed. */
export interface Candidate {
  readonly tree: string;
  readonly paths: readonly string[];
  readonly stat: DiffStat;
  /** What the job may not do, a sentence each. */
  readonly violations: readonly string[];
}

/**
 * Takes the candidate from the files, with the harness's own git directory, a fresh index of the base commit and the
 * base's ignore rules. Nothing the agent did to its own repository (index flags, excludes, filters, commits, a
 * replaced `.git`) is read.
 */
export async function takeCandidate(
  workspace: Workspace,
  { baseCommit, scope }: { baseCommit: string; scope: Pick<Project["scope"], "allow" | "deny"> },
  signal: AbortSignal,
): Promise<Candidate> {
  const harness = { cwd: workspace.worktreePath, gitDir: workspace.files.harness };
  const { tree, nested } = await hashFiles(workspace, baseCommit, signal);
  const range = ["--no-renames", "-r", "-z", baseCommit, tree];
  const [raw, numbers] = await Promise.all([
    git(["diff-tree", "--raw", ...range], harness, signal),
    git(["diff-tree", "--numstat", ...range], harness, signal),
  ]);
  const changes = parseRaw(raw);
  const violations = [
    ...nested.map((path) => `${path} is a repository of its own; nested repositories are not taken.`),
    ...outOfScope(changes, scope),
    ...(await badKinds(changes, harness, signal)),
  ];
  return { tree, paths: changes.map(({ path }) => path), stat: parseNumbers(numbers), violations };
}

/** The candidate's patch against the base, for people. */
export function patchOf(workspace: Workspace, baseCommit: string, tree: string, signal: AbortSignal): Promise<string> {
  const harness = { cwd: workspace.files.directory, gitDir: workspace.files.harness };
  return git(["diff-tree", "-p", "--no-ext-diff", "--no-textconv", "-M", baseCommit, tree], harness, signal);
}

/** The hash of a worktree's files as they are now, ignored ones left out, and the nested repositories among them. */
export async function hashFiles(
  { files, worktreePath }: Pick<Workspace, "files" | "worktreePath">,
  baseCommit: string,
  signal: AbortSignal,
): Promise<{ tree: string; nested: string[]; indexFile: string }> {
  const unique = randomUUID();
  const indexFile = join(files.temporary, `index-${unique}`);
  const excludeFile = join(files.temporary, `exclude-${unique}`);
  const call: GitCall & { gitDir: string } = {
    cwd: worktreePath,
    gitDir: files.harness,
    workTree: worktreePath,
    indexFile,
  };
  const rules = ignoreRulesAt(baseCommit, call, signal);
  await Promise.all([git(["read-tree", baseCommit], call, signal), rules.then((text) => writeFile(excludeFile, text))]);
  const [changed, added] = await Promise.all([
    // "dirty", or git would start a git in each submodule, under a configuration and filters that an agent wrote.
    git(["diff-files", "--name-only", "-z", "--no-renames", "--ignore-submodules=dirty"], call, signal),
    git(["ls-files", "-z", "--others", `--exclude-from=${excludeFile}`], call, signal),
  ]);
  const untracked = split(added);
  const nested = untracked.filter((path) => path.endsWith("/"));
  const touched = [...split(changed), ...untracked.filter((path) => !path.endsWith("/"))];
  if (touched.length > 0) {
    const input = touched.map((path) => `${path}\0`).join("");
    await git(["update-index", "-z", "--add", "--remove", "--stdin"], { ...call, input }, signal);
  }
  const tree = (await git(["write-tree"], call, signal)).trim();
  return { tree, nested, indexFile };
}

interface Change {
  readonly path: string;
  readonly mode: string;
  readonly object: string;
}

/** `:oldmode newmode oldhash newhash status\0path\0`, as git-diff-tree(1) describes it under raw output. */
function parseRaw(raw: string): Change[] {
  const parts = split(raw);
  return parts.flatMap((head, index) => {
    if (index % 2 === 1) return [];
    const [, mode = "", , object = ""] = head.split(" ");
    return [{ path: parts[index + 1] ?? "", mode, object }];
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
    .map(({ path }) => `${path} is outside the scope of this project's jobs.`);
}

async function badKinds(changes: readonly Change[], harness: GitCall, signal: AbortSignal): Promise<string[]> {
  const checked = changes.map(async ({ path, mode, object }) => {
    if (mode === "160000") return `${path} became a submodule; submodules are not taken.`;
    if (mode !== "120000") return undefined;
    const target = await git(["cat-file", "blob", object], harness, signal);
    return leavesTree(path, target) ? `${path} is a link that leaves the repository.` : undefined;
  });
  return (await Promise.all(checked)).filter((sentence) => sentence !== undefined);
}

function leavesTree(path: string, target: string): boolean {
  if (target.startsWith("/")) return true;
  const resolved = normalize(join(dirname(path), target));
  return resolved === ".." || resolved.startsWith("../") || resolved.split("/").includes(".git");
}

function split(listing: string): string[] {
  return listing.split("\0").filter((part) => part !== "");
}
