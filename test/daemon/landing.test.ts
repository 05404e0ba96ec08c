import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { pino } from "pino";
import { expect, test } from "vitest";
import type { Config } from "../../src/core/config.ts";
import { takeCandidate } from "../../src/daemon/candidate.ts";
import { discardAccepted, integrate, land, publish, revertCommand } from "../../src/daemon/landing.ts";
import { type OpenProject, refs } from "../../src/daemon/projects.ts";
import { ageRecoveryRefs } from "../../src/daemon/recovery-refs.ts";
import { Removals } from "../../src/daemon/removals.ts";
import { makeWorkspace, removeWorkspace, workspaceOf } from "../../src/daemon/workspace.ts";
import { connectRedis } from "../../src/platform/redis.ts";
import { gitIn, makeProject, never, temporaryFolder, writeFiles } from "../support/project.ts";
import { startTestRedis } from "../support/redis.ts";

interface Accepted {
  readonly project: OpenProject;
  readonly config: Config;
  readonly main: string;
  readonly baseCommit: string;
  readonly commit: string;
  readonly ref: string;
}

/** A job that changed these files and was accepted. */
async function acceptedWork(folder: string, changed: Readonly<Record<string, string>>): Promise<Accepted> {
  const { project, config, baseCommit } = await makeProject(join(folder, "shop"), {
    "a.txt": "one\n",
    "b.txt": "two\n",
  });
  const workspace = workspaceOf(join(folder, "home"), project, "aaaa1111");
  await mkdir(workspace.files.directory, { recursive: true });
  await makeWorkspace(workspace, { project, jobId: "aaaa1111", commit: baseCommit }, never);
  await writeFiles(workspace.worktreePath, changed);
  const { tree } = await takeCandidate(workspace, { baseCommit, scope: project.scope }, never);
  const ref = refs.accepted("aaaa1111");
  const work = { project, ref, baseCommit, tree, message: "Better a\n" };
  const commit = await publish(workspace, work, never);
  await using removals = new Removals();
  await removeWorkspace(workspace, removals);
  return { project, config, main: project.mainPath, baseCommit, commit, ref };
}

async function merge({ project, commit }: Accepted): Promise<string> {
  const integration = await integrate(project, commit, never);
  return land(project, { accepted: commit, integration, message: "Merge: Better a\n" }, never);
}

test("LD-01 accepted work stands on its own branch, whole, and main is untouched", async () => {
  await using folder = await temporaryFolder();
  const { main, ref, commit, baseCommit } = await acceptedWork(folder.path, { "a.txt": "better\n" });

  expect(ref).toBe("refs/heads/chargehand/accepted/aaaa1111");
  expect(gitIn(main, "rev-parse", ref)).toBe(commit);
  expect(gitIn(main, "show", `${ref}:a.txt`)).toBe("better");
  expect(gitIn(main, "rev-parse", `${ref}^`)).toBe(baseCommit);
  expect(gitIn(main, "rev-parse", "main")).toBe(baseCommit);
  expect(gitIn(main, "fsck", "--full", "--strict")).toBe("");
});

test("LD-02 merging makes one merge commit and brings main's files up to it", async () => {
  await using folder = await temporaryFolder();
  const work = await acceptedWork(folder.path, { "a.txt": "better\n", "new/c.txt": "three\n" });

  const merged = await merge(work);

  expect(gitIn(work.main, "rev-parse", "main", "main^1", "main^2").split("\n")).toEqual([
    merged,
    work.baseCommit,
    work.commit,
  ]);
  expect(await readFile(join(work.main, "a.txt"), "utf8")).toBe("better\n");
  expect(gitIn(work.main, "status", "--porcelain")).toBe("");
});

test("GT-03 a replace ref or a graft in the person's repository puts no other tree in the place of the accepted one", async () => {
  await using folder = await temporaryFolder();
  const work = await acceptedWork(folder.path, { "a.txt": "better\n" });
  const accepted = gitIn(work.main, "rev-parse", `${work.commit}^{tree}`);
  gitIn(work.main, "replace", work.commit, work.baseCommit);
  gitIn(work.main, "replace", "--graft", work.baseCommit, work.commit);

  const { tree } = await integrate(work.project, work.commit, never);

  expect(tree).toBe(accepted);
});

test("GT-03 parents that the person's repository makes up in info/grafts change nothing that is merged", async () => {
  await using folder = await temporaryFolder();
  const work = await acceptedWork(folder.path, { "a.txt": "better\n" });
  await writeFile(join(work.main, "b.txt"), "meanwhile\n");
  gitIn(work.main, "commit", "--quiet", "--all", "--message", "meanwhile");
  await writeFiles(join(work.main, ".git", "info"), { grafts: `${work.commit}\n` });

  const merged = await merge(work);

  expect(gitIn(work.main, "show", `${merged}:a.txt`)).toBe("better");
  expect(gitIn(work.main, "show", `${merged}:b.txt`)).toBe("meanwhile");
});

test("GT-22 the recorded revert takes the merge back, and proving that leaves nothing behind", async () => {
  await using folder = await temporaryFolder();
  const work = await acceptedWork(folder.path, { "a.txt": "better\n", "new/c.txt": "three\n" });
  await writeFile(join(work.main, "b.txt"), "meanwhile\n");
  gitIn(work.main, "commit", "--quiet", "--all", "--message", "meanwhile");
  const before = gitIn(work.main, "rev-parse", "main^{tree}");

  const merged = await merge(work);
  expect(gitIn(work.main, "rev-parse", "main^{tree}")).not.toBe(before);
  gitIn(work.main, ...revertCommand(merged).split(" ").slice(1));

  expect(gitIn(work.main, "rev-parse", "main^{tree}")).toBe(before);
  expect((await readdir(join(work.main, ".git"))).filter((name) => name.includes("revert"))).toEqual([]);
});

test("LD-02 uncommitted work in main that the merge does not touch stays as it is", async () => {
  await using folder = await temporaryFolder();
  const work = await acceptedWork(folder.path, { "a.txt": "better\n" });
  await writeFile(join(work.main, "b.txt"), "half done\n");
  await writeFile(join(work.main, "staged.txt"), "staged\n");
  gitIn(work.main, "add", "staged.txt");

  await merge(work);

  expect(await readFile(join(work.main, "b.txt"), "utf8")).toBe("half done\n");
  expect(gitIn(work.main, "diff", "--cached", "--name-only")).toBe("staged.txt");
});

test("LD-02 a merge that would overwrite uncommitted work does nothing and names the file", async () => {
  await using folder = await temporaryFolder();
  const work = await acceptedWork(folder.path, { "a.txt": "better\n" });
  await writeFile(join(work.main, "a.txt"), "mine\n");

  await expect(merge(work)).rejects.toThrow(/uncommitted changes in a\.txt\. Commit or stash them/);

  expect(gitIn(work.main, "rev-parse", "main")).toBe(work.baseCommit);
  expect(await readFile(join(work.main, "a.txt"), "utf8")).toBe("mine\n");
});

test("LD-04 when main moves between preparing and merging, nothing happens", async () => {
  await using folder = await temporaryFolder();
  const work = await acceptedWork(folder.path, { "a.txt": "better\n" });
  const integration = await integrate(work.project, work.commit, never);
  gitIn(work.main, "commit", "--quiet", "--allow-empty", "--message", "meanwhile");
  const tip = gitIn(work.main, "rev-parse", "main");

  const late = land(work.project, { accepted: work.commit, integration, message: "x\n" }, never);

  await expect(late).rejects.toMatchObject({ code: "merge-blocked" });
  expect(gitIn(work.main, "rev-parse", "main")).toBe(tip);
});

test.for([
  ["packed", (main: string) => gitIn(main, "pack-refs", "--all")],
  [
    "another name for a branch",
    (main: string) => {
      gitIn(main, "branch", "--quiet", "trunk", "main");
      gitIn(main, "symbolic-ref", "refs/heads/main", "refs/heads/trunk");
    },
  ],
] as const)("LD-04 main's tip is found where its ref is %s", async ([, act]) => {
  await using folder = await temporaryFolder();
  const work = await acceptedWork(folder.path, { "a.txt": "better\n" });
  act(work.main);

  const { mainTip } = await integrate(work.project, work.commit, never);

  expect(mainTip).toBe(work.baseCommit);
});

test("LD-04 the same where main is not checked out: a commit that came in between stays the tip", async () => {
  await using folder = await temporaryFolder();
  const work = await acceptedWork(folder.path, { "a.txt": "better\n" });
  gitIn(work.main, "switch", "--quiet", "--create", "elsewhere");
  const integration = await integrate(work.project, work.commit, never);
  const tip = gitIn(work.main, "commit-tree", "main^{tree}", "-p", "main", "-m", "meanwhile");
  gitIn(work.main, "update-ref", "refs/heads/main", tip);

  const late = land(work.project, { accepted: work.commit, integration, message: "x\n" }, never);

  await expect(late).rejects.toMatchObject({ code: "merge-blocked" });
  expect(gitIn(work.main, "rev-parse", "main")).toBe(tip);
});

test("LD-03 a conflict with a main that moved is named and destroys nothing", async () => {
  await using folder = await temporaryFolder();
  const work = await acceptedWork(folder.path, { "a.txt": "better\n" });
  await writeFile(join(work.main, "a.txt"), "different\n");
  gitIn(work.main, "commit", "--quiet", "--all", "--message", "meanwhile");

  await expect(merge(work)).rejects.toThrow(/main has moved and conflicts with this work in a\.txt\./);

  expect(gitIn(work.main, "rev-parse", work.ref)).toBe(work.commit);
});

test("LD-02 main that is not checked out moves without touching the files that are", async () => {
  await using folder = await temporaryFolder();
  const work = await acceptedWork(folder.path, { "a.txt": "better\n" });
  gitIn(work.main, "switch", "--quiet", "--create", "elsewhere");

  const merged = await merge(work);

  expect(gitIn(work.main, "rev-parse", "main")).toBe(merged);
  expect(await readFile(join(work.main, "a.txt"), "utf8")).toBe("one\n");
});

test("LD-02 a hook in the person's repository does not run for a merge of ours", async () => {
  await using folder = await temporaryFolder();
  const work = await acceptedWork(folder.path, { "a.txt": "better\n" });
  await writeFiles(join(work.main, ".git", "hooks"), { "post-merge": `#!/bin/sh\ntouch ${folder.path}/ran\n` });
  gitIn(work.main, "config", "core.hooksPath", ".git/hooks");

  await merge(work);

  expect(await readFile(join(folder.path, "ran")).catch(() => "not there")).toBe("not there");
});

test("LD-06 discarded work leaves its branch and stays under a recovery ref", async () => {
  await using folder = await temporaryFolder();
  const work = await acceptedWork(folder.path, { "a.txt": "better\n" });

  await discardAccepted(work.project, "aaaa1111", work.commit, never);

  expect(gitIn(work.main, "branch", "--list", "chargehand/*")).toBe("");
  const ref = "refs/chargehand/recovery/aaaa1111";
  expect(gitIn(work.main, "rev-parse", `${ref}^{commit}`)).toBe(work.commit);
  expect(gitIn(work.main, "show", `${ref}:a.txt`)).toBe("better");
});

test("LD-06 discarded work is kept from its discard on, however long it waited for its answer, also where no ledger tells", async () => {
  await using folder = await temporaryFolder();
  await using scope = new AsyncDisposableStack();
  const { target } = scope.use(await startTestRedis());
  const redis = scope.adopt(await connectRedis(target, pino({ enabled: false }), never), (it) => it.disconnect());
  const { project, config, main } = await acceptedWork(folder.path, { "a.txt": "better\n" });
  const env = { PATH: process.env.PATH, GIT_COMMITTER_DATE: "2020-01-01T00:00:00Z" };
  const identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"];
  const tree = ["commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "accepted long ago"];
  const old = (await execa("git", [...identity, ...tree], { cwd: main, env })).stdout;
  const place = { config, home: join(folder.path, "home"), redis };

  await discardAccepted(project, "aaaa1111", old, never);
  const young = await ageRecoveryRefs(place, { keptForMs: 3_600_000, isTrial: false }, never);
  const aged = await ageRecoveryRefs(place, { keptForMs: -3_600_000, isTrial: false }, never);

  expect([young, aged]).toEqual([[], ["aaaa1111"]]);
});
