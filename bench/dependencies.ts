import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Laboratory } from "../src/daemon/checks.ts";
import { prepareDependencies } from "../src/daemon/dependencies.ts";
import type { OpenProject } from "../src/daemon/projects.ts";
import { changesBetween, treeOf } from "../src/daemon/tree-changes.ts";
import type { Workspace } from "../src/daemon/workspace.ts";
import { never } from "../test/support/project.ts";
import { median } from "./interleave.ts";
import type { BenchRow } from "./row.ts";

/** P-11: dependencies at hand for a tree whose lockfiles are those of the base, once they are installed. */
export async function lockHashHit(
  workspace: Workspace,
  { project, baseCommit, tree, cache }: { project: OpenProject; baseCommit: string; tree: string; cache: string },
): Promise<BenchRow> {
  const laboratory: Laboratory = {
    files: workspace.files,
    project: { ...project, setup: "npm ci" },
    cache,
    flakeRuns: 0,
    flakeTimeMs: 0,
    ordered: [],
    // What an installation takes is the package manager's affair: here it is a folder.
    run: async ({ place }) => {
      await mkdir(join(place.checkout, "node_modules", "left-pad"), { recursive: true });
      return { started: "yes", exitCode: 0, durationMs: 0, output: "", tail: "" };
    },
    step: (_label, work) => work(async () => {}),
    onFinished: async () => {},
  };
  const changes = await changesBetween(workspace, baseCommit, tree, never);
  const work = { tree, baseTree: await treeOf(workspace, baseCommit, never), changes };
  await prepareDependencies(laboratory, work, never);
  const samples: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const startedAt = performance.now();
    const prepared = await prepareDependencies(laboratory, work, never);
    samples.push(performance.now() - startedAt);
    if (!prepared.ok || prepared.dependencies.length !== 1) throw new Error("The dependencies were not at hand.");
  }
  const name = "dependencies on a lock-hash hit (50,000 files)";
  return { id: "P-11", name, unit: "ms", ours: median(samples), target: { value: 10 } };
}
