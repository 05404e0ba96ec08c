import { chmod, lstat, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import { hiddenFolder } from "../../src/daemon/bins.ts";
import { takeCandidate } from "../../src/daemon/candidate.ts";
import { WorktreePool } from "../../src/daemon/pool/worktree-pool.ts";
import type { OpenProject } from "../../src/daemon/projects.ts";
import { Removals } from "../../src/daemon/removals.ts";
import { makeWorkspace, removeWorkspace, type Workspace, workspaceOf } from "../../src/daemon/workspace.ts";
import { gitIn, makeProject, never, temporaryFolder, writeFiles } from "../support/project.ts";
import { until } from "../support/until.ts";

const files = { ".gitignore": "built/\n", "src/a.txt": "one\n", "src/b.txt": "two\n", "lib/c.txt": "three\n" };
const log = pino({ enabled: false });
const scope = { allow: ["**"], deny: [] };

interface House extends AsyncDisposable {
  readonly project: OpenProject;
  readonly home: string;
  readonly baseCommit: string;
  /** One life of a daemon's pool, with its project at hand. */
  open(size?: number): Promise<Life>;
}

interface Life extends AsyncDisposable {
  readonly pool: WorktreePool;
  readonly removals: Removals;
  readonly isReady: (pairs?: number) => Promise<unknown>;
  /** Makes the place of a job that starts from this commit. */
  begin(jobId: string, commit: string): Promise<Workspace>;
}

async function buildHouse(): Promise<House> {
  const folder = await temporaryFolder();
  const home = join(folder.path, "home");
  const { project, baseCommit } = await makeProject(join(folder.path, "shop"), files);
  const open = async (size = 1): Promise<Life> => {
    const removals = new Removals(log);
    const pool = new WorktreePool({ home, size, log, removals });
    pool.open(project);
    return {
      pool,
      removals,
      isReady: (pairs = size) => until(() => pool.ready(project.name) === pairs),
      begin: async (jobId, commit) => {
        const workspace = workspaceOf(home, project, jobId);
        await mkdir(workspace.files.directory, { recursive: true });
        await makeWorkspace(workspace, { project, jobId, commit, pool, removals }, never);
        return workspace;
      },
      [Symbol.asyncDispose]: async () => {
        await pool[Symbol.asyncDispose]();
        await removals[Symbol.asyncDispose]();
      },
    };
  };
  return { project, home, baseCommit, open, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

/** The worktrees that wait, and what is left of removed ones. */
async function waiting({ home, project }: House): Promise<{ trees: string[]; folders: string[]; removed: string[] }> {
  const names = (path: string) => readdir(path).catch(() => [] as string[]);
  const hidden = hiddenFolder(home, project);
  return {
    trees: await names(join(hidden, "pool")),
    folders: await names(join(home, "pool", project.name)),
    removed: [...(await names(join(hidden, "removed"))), ...(await names(join(home, "removed")))],
  };
}

test("WT-08 a job is given the worktree that was ready: on its branch, clean, and git's words work in it", async () => {
  await using house = await buildHouse();
  await using life = await house.open();
  await life.isReady();
  const [ready = ""] = (await waiting(house)).trees;
  const { ino } = await lstat(join(hiddenFolder(house.home, house.project), "pool", ready));

  const { worktreePath } = await life.begin("aaaa1111", house.baseCommit);

  expect((await lstat(worktreePath)).ino).toBe(ino);
  expect(gitIn(worktreePath, "status", "--short", "--branch", "--ignored")).toBe("## chargehand/aaaa1111");
  expect(gitIn(worktreePath, "diff", "--stat", "origin/main")).toBe("");
  gitIn(worktreePath, "worktree", "add", "--quiet", "../task-second", "origin/main");
  gitIn(worktreePath, "fsck", "--strict");
  await writeFiles(worktreePath, { "src/a.txt": "better\n" });
  gitIn(worktreePath, "commit", "--quiet", "--all", "--message", "Better a");
  expect(gitIn(worktreePath, "log", "--format=%s", "-1")).toBe("Better a");
  expect(gitIn(house.project.mainPath, "worktree", "list").split("\n")).toHaveLength(1);
});

test("WT-08 the harness sees exactly what a job did in a worktree that was ready", async () => {
  await using house = await buildHouse();
  await using life = await house.open();
  await life.isReady();

  const workspace = await life.begin("aaaa1111", house.baseCommit);
  const before = await takeCandidate(workspace, { baseCommit: house.baseCommit, scope }, never);
  await writeFiles(workspace.worktreePath, { "src/a.txt": "six\n", "src/new.txt": "new\n", "built/x": "ignored\n" });
  const after = await takeCandidate(workspace, { baseCommit: house.baseCommit, scope }, never);

  expect(before.paths).toEqual([]);
  expect(after.paths).toEqual(["src/a.txt", "src/new.txt"]);
});

test("WT-05 WT-08 whatever a job did to its worktree and its repository, the next job finds nothing of it", async () => {
  await using house = await buildHouse();
  await using life = await house.open();
  await life.isReady();
  const first = await life.begin("aaaa1111", house.baseCommit);
  const { worktreePath } = first;
  gitIn(worktreePath, "update-index", "--skip-worktree", "src/a.txt");
  gitIn(worktreePath, "update-index", "--assume-unchanged", "src/b.txt");
  await writeFiles(worktreePath, { "src/a.txt": "bad\n", "src/b.txt": "bad\n", "built/left": "over\n" });
  const repository = first.files.repository;
  await writeFiles(repository, {
    "info/exclude": "evil\n",
    "info/attributes": "* filter=evil\n",
    "hooks/post-checkout": "#!/bin/sh\nexit 1\n",
  });
  gitIn(worktreePath, "config", "core.fsmonitor", "true");
  gitIn(worktreePath, "sparse-checkout", "set", "lib");
  gitIn(worktreePath, "tag", "evil");
  gitIn(worktreePath, "worktree", "add", "--quiet", "../task-other", "HEAD");
  await chmod(join(worktreePath, "lib"), 0o000);
  await chmod(worktreePath, 0o500);

  await removeWorkspace(first, life.removals);
  expect((await readdir(house.project.baseDir)).toSorted()).toEqual([".chargehand", "main"]);
  await life.isReady();
  const second = await life.begin("bbbb2222", house.baseCommit);

  expect(gitIn(second.worktreePath, "status", "--short", "--ignored")).toBe("");
  expect(gitIn(second.worktreePath, "ls-files", "-v").replaceAll(/^H /gm, "").split("\n")).toEqual(
    Object.keys(files).toSorted(),
  );
  expect(await readFile(join(second.worktreePath, "src/a.txt"), "utf8")).toBe("one\n");
  expect(gitIn(second.worktreePath, "for-each-ref", "--format=%(refname)").split("\n")).toEqual([
    "refs/heads/chargehand/bbbb2222",
    "refs/heads/main",
    "refs/remotes/origin/main",
  ]);
  expect(await readdir(second.files.repository)).not.toContain("hooks");
  expect(await readdir(second.files.repository)).not.toContain("info");
  await life.removals[Symbol.asyncDispose]();
  expect((await waiting(house)).removed).toEqual([]);
});

test("WT-08 when main moves, what is ready moves with it", async () => {
  await using house = await buildHouse();
  await using life = await house.open();
  await life.isReady();
  const [tree = ""] = (await waiting(house)).trees;
  const { mainPath } = house.project;
  await writeFiles(mainPath, { "src/a.txt": "moved\n", "src/new.txt": "new\n", ".gitignore": "built/\nother/\n" });
  gitIn(mainPath, "rm", "--quiet", "lib/c.txt");
  gitIn(mainPath, "add", "--all");
  gitIn(mainPath, "commit", "--quiet", "--message", "second");
  const tip = gitIn(mainPath, "rev-parse", "main");

  const moved = join(house.home, "pool", house.project.name, tree, "pair.json");
  await until(async () => (await readFile(moved, "utf8").catch(() => "")).includes(tip));
  await life.isReady();
  const workspace = await life.begin("aaaa1111", tip);

  expect(gitIn(workspace.worktreePath, "status", "--short")).toBe("");
  expect(await readFile(join(workspace.worktreePath, "src/a.txt"), "utf8")).toBe("moved\n");
  await writeFiles(workspace.worktreePath, { "other/x": "ignored\n", "src/b.txt": "changed\n" });
  const candidate = await takeCandidate(workspace, { baseCommit: tip, scope }, never);
  expect(candidate.paths).toEqual(["src/b.txt"]);
});

test("WT-08 a job that comes before that is given the right commit all the same", async () => {
  await using house = await buildHouse();
  await using life = await house.open();
  await life.isReady();
  const { mainPath } = house.project;
  await writeFiles(mainPath, { "src/a.txt": "moved\n", ".gitattributes": "*.txt text eol=crlf\n" });
  gitIn(mainPath, "add", "--all");
  gitIn(mainPath, "commit", "--quiet", "--message", "second");
  const tip = gitIn(mainPath, "rev-parse", "main");

  const workspace = await life.begin("aaaa1111", tip);
  const old = await life.begin("bbbb2222", house.baseCommit);

  expect(await readFile(join(workspace.worktreePath, "src/b.txt"), "utf8")).toBe("two\r\n");
  expect(gitIn(workspace.worktreePath, "status", "--short")).toBe("");
  expect(await readFile(join(old.worktreePath, "src/a.txt"), "utf8")).toBe("one\n");
});

test("WT-05 WT-08 after a crash whole pairs are kept, and whatever is half made, half gone or altered is removed", async () => {
  await using house = await buildHouse();
  const before = await house.open(3);
  await before.isReady();
  await before[Symbol.asyncDispose]();
  const { trees } = await waiting(house);
  const [whole = "", altered = "", unfinished = ""] = trees;
  const hidden = hiddenFolder(house.home, house.project);
  await writeFile(join(hidden, "pool", altered, "src/a.txt"), "six\n");
  await rm(join(house.home, "pool", house.project.name, unfinished, "pair.json"));
  await mkdir(join(hidden, "pool", "orphan"));
  await mkdir(join(house.home, "pool", house.project.name, "handed-out"));

  await using life = await house.open(1);
  const left = () => waiting(house).then(({ trees: kept, folders }) => ({ kept, folders }));
  await until(async () => (await left()).kept.length + (await left()).folders.length === 2);

  expect(await left()).toEqual({ kept: [whole], folders: [whole] });
  expect(life.pool.ready(house.project.name)).toBe(1);
});

test("WT-08 with pool: 0 nothing is kept, and what an earlier setting left is removed", async () => {
  await using house = await buildHouse();
  const before = await house.open(1);
  await before.isReady();
  await before[Symbol.asyncDispose]();

  const life = await house.open(0);
  const workspace = await life.begin("aaaa1111", house.baseCommit);
  await until(async () => (await waiting(house)).trees.length === 0);
  await life[Symbol.asyncDispose]();

  expect(gitIn(workspace.worktreePath, "status", "--short")).toBe("");
  expect(await waiting(house)).toEqual({ trees: [], folders: [], removed: [] });
});

test("WT-05 two jobs that begin at once never share a worktree", async () => {
  await using house = await buildHouse();
  await using life = await house.open(1);
  await life.isReady();

  const places = await Promise.all(["aaaa1111", "bbbb2222"].map((id) => life.begin(id, house.baseCommit)));

  const inodes = await Promise.all(places.map(async ({ worktreePath }) => (await lstat(worktreePath)).ino));
  expect(new Set(inodes).size).toBe(2);
  for (const { worktreePath } of places) expect(gitIn(worktreePath, "status", "--short")).toBe("");
});
