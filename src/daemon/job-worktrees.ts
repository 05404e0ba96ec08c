import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GateWorktree } from "../agents/gate.ts";
import type { OpenProject } from "./projects.ts";
import type { Workspace } from "./workspace.ts";

/**
 * The worktrees a job may name: `main`, its own, and those it has added beside it. A folder belongs to the job when its
 * `.git` file points into the job's repository; a folder of another job, or of a person, does not.
 */
export async function jobWorktrees(
  project: OpenProject,
  workspace: Workspace,
): Promise<ReadonlyMap<string, GateWorktree>> {
  const worktrees = new Map<string, GateWorktree>([
    ["main", { kind: "main", path: project.mainPath }],
    [workspace.worktree, { kind: "task", path: workspace.worktreePath }],
  ]);
  const owner = `gitdir: ${join(workspace.files.repository, "worktrees")}/`;
  const entries = await readdir(project.baseDir, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !worktrees.has(entry.name));
  for (const { name } of folders) {
    const path = join(project.baseDir, name);
    const pointer = await readFile(join(path, ".git"), "utf8").catch(() => "");
    if (pointer.startsWith(owner)) worktrees.set(name, { kind: "task", path });
  }
  return worktrees;
}
