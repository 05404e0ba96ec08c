import { execFileSync } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { Config } from "../src/core/config.ts";
import { WorktreePool } from "../src/daemon/pool/worktree-pool.ts";
import { openProject } from "../src/daemon/projects.ts";
import { Removals } from "../src/daemon/removals.ts";
import { makeWorkspace, removeWorkspace, type Workspace, workspaceOf } from "../src/daemon/workspace.ts";
import { gitIn, never, temporaryFolder } from "../test/support/project.ts";
import { until } from "../test/support/until.ts";
import { makeBigRepository } from "./big-repository.ts";
import { median } from "./interleave.ts";
import type { Bench } from "./row.ts";

const rounds = 2;

/**
 * On a repository of 50,000 files. P-05: from a job's start to its worktree, beside one git process and beside `git
 * worktree add`; P-09: its removal; P-10: making the next one ready, beside `git worktree add`. One after the other in
 * each round, with nothing else of ours at work while one is timed.
 */
export const worktrees: Bench = async () => {
  await using folder = await temporaryFolder();
  const home = join(folder.path, "home");
  const baseDir = join(folder.path, "shop");
  const main = join(baseDir, "main");
  await makeBigRepository(main, 50_000);
  const project = await openProject(Config.parse({ projects: { shop: { baseDir } } }), "shop", never);
  const log = pino({ enabled: false });
  await using removals = new Removals(log);
  await using pool = new WorktreePool({ home, size: 1, log, removals });
  pool.open(project);

  const times = { handOut: [], process: [], add: [], remove: [], gitRemove: [] } as Record<string, number[]>;
  const timed = async (name: string, work: () => unknown) => {
    const startedAt = performance.now();
    await work();
    times[name]?.push(performance.now() - startedAt);
  };
  for (let round = 0; round < rounds; round += 1) {
    await until(() => pool.ready("shop") === 1, { timeoutMs: 300_000 });
    const workspace = await orderedPlace(home, project, round);
    const commit = gitIn(main, "rev-parse", "main");
    await timed("process", () => execFileSync("git", ["--version"]));
    await timed("handOut", () =>
      makeWorkspace(workspace, { project, jobId: `bench00${round}`, commit, pool, removals }, never),
    );
    gitIn(workspace.worktreePath, "status", "--short");
    await timed("remove", () => removeWorkspace(workspace, removals));
    await removals.settled();
    const plain = join(baseDir, "plain");
    await timed("add", () => gitIn(main, "worktree", "add", "--quiet", "--detach", plain, "main"));
    await timed("gitRemove", () => gitIn(main, "worktree", "remove", "--force", plain));
    await rm(plain, { recursive: true, force: true });
  }
  const of = (name: string) => median(times[name] ?? []);
  const name = "job start → worktree ready (50,000 files)";
  return [
    {
      id: "P-05",
      name,
      unit: "ms",
      ours: of("handOut"),
      baseline: { name: "git --version", value: of("process") },
      target: { ratio: 3 },
    },
    {
      id: "P-05",
      name,
      unit: "ms",
      ours: of("handOut"),
      baseline: { name: "git worktree add", value: of("add") },
      target: { ratio: 1 / 100 },
    },
    {
      id: "P-09",
      name: "worktree and repositories out of sight (50,000 files)",
      unit: "ms",
      ours: of("remove"),
      baseline: { name: "git worktree remove", value: of("gitRemove") },
      target: { value: 10 },
    },
  ];
};

async function orderedPlace(
  home: string,
  project: Parameters<typeof workspaceOf>[1],
  round: number,
): Promise<Workspace> {
  const workspace = workspaceOf(home, project, `bench00${round}`);
  await mkdir(workspace.files.directory, { recursive: true });
  return workspace;
}
