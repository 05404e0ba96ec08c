import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { JobId } from "../core/task.ts";
import { makeBareRepository } from "../platform/bare-repository.ts";
import { isThere } from "../platform/is-there.ts";
import { linkWorktree } from "../platform/linked-worktree.ts";
import { basePaths, baseRefs, checkOutBase } from "./base-checkout.ts";
import { type Bins, binsOf } from "./bins.ts";
import { type JobFiles, jobFiles } from "./job-files.ts";
import type { WorktreePool } from "./pool/worktree-pool.ts";
import type { OpenProject } from "./projects.ts";
import { Removals } from "./removals.ts";

/** The place a job works in: a repository of its own and a worktree beside the project's `main/`. */
export interface Workspace {
  readonly files: JobFiles;
  /** Folder name of the worktree: what the orchestrator calls it. */
  readonly worktree: string;
  readonly worktreePath: string;
  /** Where its folders go when they are removed. */
  readonly bins: Bins;
  /** Whether it has been made to its end and not been taken away. */
  exists(): Promise<boolean>;
}

export function workspaceOf(home: string, project: OpenProject, jobId: JobId): Workspace {
  const worktree = `task-${jobId}`;
  const worktreePath = join(project.baseDir, worktree);
  const files = jobFiles(home, jobId);
  const exists = async () => (await isThere(files.ready)) && (await isThere(worktreePath));
  return { files, worktree, worktreePath, bins: binsOf(home, project), exists };
}

export interface WorkspaceOrder {
  readonly project: OpenProject;
  readonly jobId: string;
  /** The commit it starts from, which a ref of the project's repository keeps. */
  readonly commit: string;
  readonly pool?: WorktreePool;
  readonly removals?: Removals;
}

/**
 * Makes a job's repository, the harness's second one, and the worktree at the pinned base: of a pair that was kept warm
 * for it where there is one. The job's repository has no remote: `origin/<main>` is a plain ref, so that people's git
 * words work and a push has nowhere to go. No git of ours opens it.
 */
export async function makeWorkspace(
  workspace: Workspace,
  { project, jobId, commit, pool, removals = new Removals() }: WorkspaceOrder,
  signal: AbortSignal,
): Promise<void> {
  const { files, worktreePath } = workspace;
  await clear(workspace, removals);
  const own = [files.engineHomes, files.commandHome, files.mainHome, files.outputs, files.temporary];
  await Promise.all(own.map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
  const branch = `refs/heads/chargehand/${jobId}`;
  const { head, refs } = baseRefs(project, commit);
  const index = join(files.directory, "index");
  const repository = {
    path: files.repository,
    borrowFrom: project.gitDir,
    refs: { ...refs, [branch]: commit },
    head,
  };
  const [warm] = await Promise.all([
    pool?.handOut({ project, commit, harness: files.harness, index }, signal),
    makeBareRepository(repository),
  ]);
  const tree = warm ?? worktreePath;
  if (warm === undefined) {
    await checkOutBase({ harness: files.harness, tree }, { project, commit }, signal);
    await copyFile(basePaths(files.harness).index, index);
  }
  await linkWorktree({ repository: files.repository, tree, path: worktreePath, branch, index });
  if (warm !== undefined) await rename(warm, worktreePath);
  await writeFile(files.ready, "");
}

/** Takes a job's worktrees and repository away. Its ledger, conversation and patch stay. */
export async function removeWorkspace(workspace: Workspace, removals: Removals): Promise<void> {
  await clear(workspace, removals);
  const { temporary, engineHomes, commandHome, mainHome } = workspace.files;
  const bin = workspace.bins.ofJobs;
  await Promise.all([temporary, engineHomes, commandHome, mainHome].map((path) => removals.take(path, bin)));
}

/** The folders beside main/ whose `.git` points into a job's repository: its worktrees, and no one else's. */
export async function worktreesOf({ files, worktreePath }: Workspace): Promise<string[]> {
  const baseDir = dirname(worktreePath);
  const owner = `gitdir: ${join(files.repository, "worktrees")}/`;
  const folders = (await readdir(baseDir, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const owned = folders.map(async ({ name }) => {
    const path = join(baseDir, name);
    const pointer = await readFile(join(path, ".git"), "utf8").catch(() => "");
    return pointer.startsWith(owner) ? path : undefined;
  });
  return (await Promise.all(owned)).filter((path) => path !== undefined);
}

async function clear(workspace: Workspace, removals: Removals): Promise<void> {
  const { files, worktreePath, bins } = workspace;
  await rm(files.ready, { force: true });
  const worktrees = new Set([worktreePath, ...(await worktreesOf(workspace))]);
  await Promise.all([
    ...Array.from(worktrees, (path) => removals.take(path, bins.ofWorktrees)),
    removals.take(files.checkouts, bins.ofJobs),
  ]);
  // The repositories go last: until then the worktrees can be told by them.
  await Promise.all([files.repository, files.harness].map((path) => removals.take(path, bins.ofJobs)));
}
