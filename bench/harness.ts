import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Config } from "../src/core/config.ts";
import { takeCandidate } from "../src/daemon/candidate.ts";
import { integrate, publish } from "../src/daemon/landing.ts";
import { openProject, refs } from "../src/daemon/projects.ts";
import { Removals } from "../src/daemon/removals.ts";
import { makeWorkspace, removeWorkspace, workspaceOf } from "../src/daemon/workspace.ts";
import { gitIn, never, temporaryFolder } from "../test/support/project.ts";
import { makeBigRepository } from "./big-repository.ts";
import { lockHashHit } from "./dependencies.ts";
import { interleave, median } from "./interleave.ts";
import type { Bench, BenchRow } from "./row.ts";

const fileCount = 50_000;
const editedFiles = 20;

/**
 * On a repository of 50,000 files. P-07: from the engine's end to a commit in the person's repository and the worktree out
 * of sight, beside the plain way with a worktree, a merge and its removal; P-08: preparing a merge in memory; and what
 * taking a candidate costs beside one `git status`.
 */
export const harness: Bench = async () => {
  await using folder = await temporaryFolder();
  const baseDir = join(folder.path, "shop");
  const main = join(baseDir, "main");
  await makeBigRepository(main, fileCount);
  const config = Config.parse({ projects: { shop: { baseDir } } });
  const project = await openProject(config, "shop", never);
  const baseCommit = gitIn(main, "rev-parse", "main");
  await using removals = new Removals();
  let job = 0;
  let accepted = "";
  let dependencies: BenchRow | undefined;

  const edit = async (worktree: string) => {
    for (let index = 0; index < editedFiles; index += 1) {
      await writeFile(join(worktree, `src/part-0/group-0/file-${index}.txt`), `edited ${job}\n`);
    }
  };
  const verifications: { status: number; candidate: number }[] = [];
  const ours = async () => {
    job += 1;
    const jobId = `bench${String(job).padStart(3, "0")}`;
    const workspace = workspaceOf(join(folder.path, "home"), project, jobId);
    await mkdir(workspace.files.directory, { recursive: true });
    await makeWorkspace(workspace, { project, jobId, commit: baseCommit }, never);
    gitIn(workspace.worktreePath, "status", "--short");
    await edit(workspace.worktreePath);
    const statusAt = performance.now();
    gitIn(workspace.worktreePath, "status", "--short");
    const startedAt = performance.now();
    const { tree } = await takeCandidate(workspace, { baseCommit, scope: project.scope }, never);
    const takenAt = performance.now();
    const hit = { project, baseCommit, tree, cache: join(folder.path, "home", "cache") };
    dependencies = await lockHashHit(workspace, hit);
    const goesOnAt = performance.now();
    accepted = await publish(
      workspace,
      { project, ref: refs.accepted(jobId), baseCommit, tree, message: "x\n" },
      never,
    );
    await removeWorkspace(workspace, removals);
    const elapsed = performance.now() - goesOnAt + (takenAt - startedAt);
    verifications.push({ status: startedAt - statusAt, candidate: takenAt - startedAt });
    await removals.settled();
    return elapsed;
  };
  const plain = async () => {
    job += 1;
    const worktree = join(baseDir, `plain-${job}`);
    const startedAt = performance.now();
    gitIn(main, "worktree", "add", "--quiet", "-b", `plain-${job}`, worktree, "main");
    const addedAt = performance.now();
    await edit(worktree);
    const editedAt = performance.now();
    gitIn(worktree, "commit", "--quiet", "--all", "--message", "x");
    gitIn(main, "merge", "--quiet", "--no-ff", "--message", "x", `plain-${job}`);
    gitIn(main, "worktree", "remove", "--force", worktree);
    const elapsed = performance.now() - startedAt - (editedAt - addedAt);
    gitIn(main, "reset", "--quiet", "--hard", baseCommit);
    return elapsed;
  };
  const whole = await interleave({ ours, plain }, { rounds: 2, warmUp: 0 });
  const merge = await interleave(
    {
      ours: async () => void (await integrate(project, accepted, never)),
      raw: () => void gitIn(main, "merge-tree", "--write-tree", "main", accepted),
    },
    { rounds: 9 },
  );
  return [
    ...(dependencies === undefined ? [] : [dependencies]),
    {
      id: "P-07",
      name: "candidate, commit, release (50,000 files)",
      unit: "ms",
      ours: median(whole.ours),
      baseline: { name: "git worktree add + commit + merge + remove", value: median(whole.plain) },
      target: { ratio: 1 / 6 },
    },
    {
      id: "P-08",
      name: "merge prepared in memory (50,000 files)",
      unit: "ms",
      ours: median(merge.ours),
      baseline: { name: "git merge-tree", value: median(merge.raw) },
      target: { ratio: 2 },
    },
    {
      id: "GT",
      name: "what the harness adds to a verification (50,000 files)",
      unit: "ms",
      ours: median(verifications.map(({ candidate }) => candidate)),
      baseline: { name: "git status", value: median(verifications.map(({ status }) => status)) },
      target: { ratio: 10 },
    },
  ];
};
