import { createHash } from "node:crypto";
import { join } from "node:path";
import type { OpenProject } from "./projects.ts";

/** Where removed folders lie until they are deleted: a rename stays on one file system, so there is one beside each kind. */
export interface Bins {
  readonly ofJobs: string;
  readonly ofWorktrees: string;
}

export function binsOf(home: string, project: Pick<OpenProject, "baseDir">): Bins {
  return { ofJobs: join(home, "removed"), ofWorktrees: join(hiddenFolder(home, project), "removed") };
}

/**
 * A folder of ours beside `main/` that nobody has to look at, for worktrees before and after a job has them. Another home
 * that works on the same project has another one.
 */
export function hiddenFolder(home: string, { baseDir }: Pick<OpenProject, "baseDir">): string {
  return join(baseDir, ".chargehand", createHash("sha256").update(home).digest("hex").slice(0, 8));
}
