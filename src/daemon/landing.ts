import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError, isPassing } from "../core/error.ts";
import { git, gitFailure, listed, tryGit } from "../platform/git.ts";
import { forgetRef, keepCommit, mainTip, type OpenProject, refs } from "./projects.ts";
import { proveRoom } from "./room.ts";
import type { Workspace } from "./workspace.ts";

/** A tree that becomes one commit on its base, under one ref of the project's repository. */
export interface Publication {
  readonly project: OpenProject;
  readonly ref: string;
  readonly baseCommit: string;
  /** Commits of the harness's that shall be kept with it. */
  readonly beside?: readonly string[];
  readonly tree: string;
  readonly message: string;
}

/** Brings a job's work into the project's repository: accepted work to its branch, other work to its recovery ref. */
export async function publish(
  workspace: Workspace,
  { project, ref, baseCommit, beside = [], tree, message }: Publication,
  signal: AbortSignal,
): Promise<string> {
  const commit = await commitTree(workspace, { tree, parents: [baseCommit, ...beside], message }, signal);
  await bring(workspace, project, { commit, ref }, signal);
  return commit;
}

/** What merging would give: the tree of main with the accepted work, made without a checkout. */
export interface Integration {
  readonly mainTip: string;
  readonly tree: string;
}

/** Throws "merge-conflict" and names the files, when main has moved in a way that does not go together. */
export async function integrate(project: OpenProject, accepted: string, signal: AbortSignal): Promise<Integration> {
  const repository = { cwd: project.mainPath };
  const tip = await mainTip(project, signal);
  const merged = await tryGit(
    ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", tip, accepted],
    repository,
    signal,
  );
  const [tree = "", ...conflicts] = listed(merged.stdout);
  if (merged.exitCode === 0) return { mainTip: tip, tree };
  if (merged.exitCode !== 1) throw gitFailure("merge-tree", merged);
  throw new AppError(
    "merge-conflict",
    `${project.main} has moved and conflicts with this work in ${inWords(conflicts)}.`,
  );
}

/**
 * Merges, once: a merge commit whose first parent is the very tip that was integrated, then a fast-forward to it. If
 * main moved in between, or uncommitted work would be overwritten, nothing happens and "merge-blocked" says what to do.
 */
export async function land(
  project: OpenProject,
  { accepted, integration, message }: { accepted: string; integration: Integration; message: string },
  signal: AbortSignal,
): Promise<string> {
  const repository = { cwd: project.mainPath };
  const parents = ["-p", integration.mainTip, "-p", accepted];
  const commit = (
    await git(["commit-tree", integration.tree, ...parents, "-F", "-"], { ...repository, input: message }, signal)
  ).trim();
  await proveRevert(project, { commit, integration }, signal);
  const branch = `refs/heads/${project.main}`;
  const head = await tryGit(["symbolic-ref", "--quiet", "HEAD"], repository, signal);
  const isCheckedOut = head.stdout.trim() === branch;
  if (isCheckedOut) await proveRoom(repository, { from: integration.mainTip, to: commit }, signal);
  const moved = isCheckedOut
    ? await tryGit(["merge", "--ff-only", "--quiet", commit], repository, signal)
    : await tryGit(["update-ref", "-m", "chargehand: merge", branch, commit, integration.mainTip], repository, signal);
  if (moved.exitCode === 0) return commit;
  const failure = gitFailure("merge", moved);
  if (isPassing(failure.code)) throw failure;
  throw new AppError("merge-blocked", `Nothing was merged: ${whyBlocked(moved.stderr, project)}`, { cause: failure });
}

/** How a person takes a merge of ours back. */
export function revertCommand(commit: string): string {
  return `git revert --no-edit -m 1 ${commit}`;
}

/**
 * Proves before anybody sees the merge that it can be taken back: what that revert does (its base is the merge, one
 * side the merge, the other main before it) is done in an index of its own, and must give main as it was.
 */
async function proveRevert(
  project: OpenProject,
  { commit, integration }: { commit: string; integration: Integration },
  signal: AbortSignal,
): Promise<void> {
  const indexFile = join(project.gitDir, `chargehand-revert-${randomUUID()}`);
  const call = { cwd: project.mainPath, gitDir: project.gitDir, indexFile };
  try {
    await git(["read-tree", "-i", "-m", "--aggressive", commit, commit, integration.mainTip], call, signal);
    const reverted = (await git(["write-tree"], call, signal)).trim();
    const before = (await git(["rev-parse", "--verify", `${integration.mainTip}^{tree}`], call, signal)).trim();
    if (reverted === before) return;
    throw new AppError("merge-blocked", "Nothing was merged: it could not be taken back afterwards.");
  } finally {
    await rm(indexFile, { force: true });
  }
}

/**
 * Sets accepted work aside: its branch goes, a recovery ref stays. What it names is a tag, because the work may have waited
 * long for its answer, and is kept from now on: git-mktag(1) has the format.
 */
export async function discardAccepted(
  project: OpenProject,
  jobId: string,
  commit: string,
  signal: AbortSignal,
): Promise<void> {
  const tagger = `Chargehand <chargehand@localhost> ${Math.floor(Date.now() / 1_000)} +0000`;
  const header = [`object ${commit}`, "type commit", `tag chargehand-recovery-${jobId}`, `tagger ${tagger}`];
  const input = `${header.join("\n")}\n\nDiscarded work.\n`;
  const tag = (await git(["mktag"], { cwd: project.mainPath, input }, signal)).trim();
  await keepCommit(project, refs.recovery(jobId), tag, signal);
  await forgetRef(project, refs.accepted(jobId), signal);
}

/** Makes a commit in the harness's repository. */
export async function commitTree(
  { files }: Workspace,
  { tree, parents, message }: { tree: string; parents: readonly string[]; message: string },
  signal: AbortSignal,
): Promise<string> {
  const args = ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-F", "-"];
  return (await git(args, { cwd: files.directory, gitDir: files.harness, input: message }, signal)).trim();
}

/** Copies a commit from the harness's repository into the project's, under one ref. */
async function bring(
  { files }: Workspace,
  project: OpenProject,
  { commit, ref }: { commit: string; ref: string },
  signal: AbortSignal,
): Promise<void> {
  const outgoing = "refs/chargehand/outgoing";
  await git(["update-ref", outgoing, commit], { cwd: files.directory, gitDir: files.harness }, signal);
  // A submodule that was moved would be fetched in `main/`, from its url and as its own configuration says.
  const options = ["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance"];
  await git(["fetch", ...options, files.harness, `+${outgoing}:${ref}`], { cwd: project.mainPath }, signal);
}

function whyBlocked(stderr: string, project: OpenProject): string {
  const files = stderr
    .split("\n")
    .filter((line) => line.startsWith("\t"))
    .map((line) => line.trim());
  if (files.length > 0) {
    return `${project.mainPath} has uncommitted changes in ${inWords(files)}. Commit or stash them, then merge again.`;
  }
  return `${project.main} moved in the meantime. Merge again to check it against the new state.`;
}

function inWords(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).join(", ");
  return paths.length > 5 ? `${shown} and ${paths.length - 5} more` : shown;
}
