import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { JobId } from "../core/task.ts";
import { makeBareRepository } from "../platform/bare-repository.ts";
import { git } from "../platform/git.ts";
import { attributesAt } from "./attribute-rules.ts";
import { type JobFiles, jobFiles } from "./job-files.ts";
import { keepCommit, type OpenProject, refs } from "./projects.ts";

/** The place a job works in: a repository of its own and a worktree beside the project's `main/`. */
export interface Workspace {
  readonly files: JobFiles;
  /** Folder name of the worktree: what the orchestrator calls it. */
  readonly worktree: string;
  readonly worktreePath: string;
  /** Whether it has been made to its end and not been taken away. */
  exists(): Promise<boolean>;
}

export function workspaceOf(home: string, project: OpenProject, jobId: JobId): Workspace {
  const worktree = `task-${jobId}`;
  const worktreePath = join(project.baseDir, worktree);
  const files = jobFiles(home, jobId);
  const exists = async () => (await isThere(files.ready)) && (await isThere(worktreePath));
  return { files, worktree, worktreePath, exists };
}

/**
 * Makes a job's repository, the harness's second one, and the worktree at the pinned base. The job's repository has
 * no remote: `origin/<main>` is a plain ref, so that people's git words work and a push has nowhere to go.
 */
export async function makeWorkspace(
  workspace: Workspace,
  { project, jobId, commit }: { project: OpenProject; jobId: JobId; commit: string },
  signal: AbortSignal,
): Promise<void> {
  const { files, worktreePath } = workspace;
  await clear(workspace);
  const own = [files.engineHomes, files.commandHome, files.mainHome, files.outputs, files.temporary];
  await Promise.all(own.map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
  const head = `refs/heads/${project.main}`;
  const base = { [head]: commit, [`refs/remotes/origin/${project.main}`]: commit };
  await Promise.all([
    keepCommit(project, refs.base(jobId), commit, signal),
    makeBareRepository({ path: files.repository, borrowFrom: project.gitDir, refs: base, head }),
    makeBareRepository({ path: files.harness, borrowFrom: project.gitDir, refs: base, head }),
  ]);
  await holdAttributes(files, commit, signal);
  const branch = ["-b", `chargehand/${jobId}`];
  await git(
    ["worktree", "add", "-q", ...branch, worktreePath, commit],
    { cwd: project.baseDir, gitDir: files.repository },
    signal,
  );
  await writeFile(files.ready, "", { flush: true });
}

/** Has the harness read and check out every tree under the attributes of this commit. */
export async function holdAttributes(files: JobFiles, commit: string, signal: AbortSignal): Promise<void> {
  const attributes = await attributesAt(commit, { cwd: files.directory, gitDir: files.harness }, signal);
  await mkdir(join(files.harness, "info"), { recursive: true });
  await writeFile(join(files.harness, "info", "attributes"), attributes);
}

/** Takes a job's worktrees and repository away. Its ledger, conversation and patch stay. */
export async function removeWorkspace(workspace: Workspace): Promise<void> {
  await clear(workspace);
  const { temporary, engineHomes, commandHome, mainHome } = workspace.files;
  await Promise.all([temporary, engineHomes, commandHome, mainHome].map(remove));
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

async function clear(workspace: Workspace): Promise<void> {
  const { files, worktreePath } = workspace;
  await rm(files.ready, { force: true });
  const worktrees = new Set([worktreePath, ...(await worktreesOf(workspace))]);
  await Promise.all([...worktrees, files.checkouts].map(remove));
  // The repositories go last: until then the worktrees can be told by them.
  await Promise.all([files.repository, files.harness].map(remove));
}

/** A rename takes a big tree out of sight at once; its deletion is waited for, so that nothing is left behind. */
async function remove(path: string): Promise<void> {
  const doomed = `${path}.removed`;
  await rm(doomed, { recursive: true, force: true }); // what a crash left half deleted
  try {
    await rename(path, doomed);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  await rm(doomed, { recursive: true, force: true });
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}
