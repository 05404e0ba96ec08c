import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Project } from "../core/config.ts";
import { artifacts } from "../core/evidence/artifacts.ts";
import { isRedacted } from "../core/evidence/patch-stat.ts";
import type { OpenProject } from "./projects.ts";

/**
 * The project as it was configured when the job was ordered: its checks, its scope, its branch. What judges work does not
 * change under it, over a restart with another configuration either. Where the project lies, and which engine works,
 * is as it is now. A snapshot that cannot be used, because a secret was taken out of it, leaves what is configured now.
 */
export async function asOrdered(project: OpenProject, jobDirectory: string): Promise<OpenProject> {
  const pinned = await pinnedProject(join(jobDirectory, artifacts.order));
  if (pinned === undefined) return project;
  const { engine: _, ...judging } = pinned;
  const { baseDir, engine, name, mainPath, gitDir } = project;
  return { ...judging, baseDir, ...(engine !== undefined && { engine }), name, mainPath, gitDir };
}

const Order = z.object({ config: z.object({ snapshot: z.object({ project: Project }) }) });

async function pinnedProject(path: string): Promise<Project | undefined> {
  try {
    const { project } = Order.parse(JSON.parse(await readFile(path, "utf8"))).config.snapshot;
    return isRedacted(JSON.stringify(project)) ? undefined : project;
  } catch {
    // Not written yet, or by a version whose checks this one refuses.
    return undefined;
  }
}
