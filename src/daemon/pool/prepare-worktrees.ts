import { binsOf } from "../bins.ts";
import { openProject } from "../projects.ts";
import type { StageDeps } from "../stage.ts";

/** Sweeps what a crash left half removed, and begins to keep worktrees ready. A project that cannot be opened has none. */
export async function prepareWorktrees(
  { config, held, home, log, pool, removals }: StageDeps,
  signal: AbortSignal,
): Promise<void> {
  for (const name of held) {
    try {
      const project = await openProject(config, name, signal);
      const { ofJobs, ofWorktrees } = binsOf(home, project);
      await Promise.all([removals.sweep(ofJobs), removals.sweep(ofWorktrees)]);
      pool.open(project);
    } catch (err) {
      signal.throwIfAborted();
      log.warn({ err, project: name }, "no worktrees are kept ready for a project");
    }
  }
}
