import { basename } from "node:path";
import type { GateWorktree } from "../agents/gate.ts";
import type { OpenProject } from "./projects.ts";
import { type Workspace, worktreesOf } from "./workspace.ts";

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
  for (const path of await worktreesOf(workspace)) {
    const name = basename(path);
    if (!worktrees.has(name)) worktrees.set(name, { kind: "task", path });
  }
  return worktrees;
}
