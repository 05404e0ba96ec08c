import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import { clearPlace } from "../../src/daemon/end-job.ts";
import { Removals } from "../../src/daemon/removals.ts";
import type { StageDeps, StageJob } from "../../src/daemon/stage.ts";
import { makeWorkspace, type Workspace, workspaceOf } from "../../src/daemon/workspace.ts";
import { gitIn, makeProject, never, temporaryFolder, writeFiles } from "../support/project.ts";

interface Ended {
  readonly main: string;
  readonly workspace: Workspace;
  /** What is kept of the job, as git shows it in the project. */
  readonly kept: (path: string, revision?: string) => string;
  readonly log: string[];
}

const ref = "refs/chargehand/recovery/aaaa1111";

/** Lets a job do something, ends it without a result, and looks at what is left. */
async function afterEnd(act: (worktree: string) => Promise<void> | void, look: (ended: Ended) => void): Promise<void> {
  await using folder = await temporaryFolder();
  const { project, baseCommit } = await makeProject(join(folder.path, "shop"), { "a.txt": "one\n", "b.txt": "two\n" });
  const workspace = workspaceOf(join(folder.path, "home"), project, "aaaa1111");
  await mkdir(workspace.files.directory, { recursive: true });
  await makeWorkspace(workspace, { project, jobId: "aaaa1111", commit: baseCommit }, never);
  gitIn(project.mainPath, "update-ref", "refs/chargehand/base/aaaa1111", baseCommit);
  await act(workspace.worktreePath);
  const log: string[] = [];
  const removals = new Removals();
  const deps = { removals, log: pino({ level: "warn" }, { write: (line: string) => void log.push(line) }) };
  const submission = { project: "shop", text: "Fix it", origin: { type: "terminal" } };
  const state = { id: "aaaa1111", status: "cancelled", base: { branch: "main", commit: baseCommit }, submission };
  const job = { state, project, workspace, iteration: 1 } as unknown as StageJob;

  await clearPlace(deps as unknown as StageDeps, job);
  await removals.settled();

  const main = project.mainPath;
  look({ main, workspace, log, kept: (path, revision = ref) => gitIn(main, "show", `${revision}:${path}`) });
}

test("WT-06 SY-28 SY-43 unaccepted work is kept under its ref, and only then its worktree goes", async () => {
  await afterEnd(
    (worktree) => writeFiles(worktree, { "a.txt": "better\n", "new.txt": "new\n" }),
    ({ kept, workspace, main, log }) => {
      expect([kept("a.txt"), kept("new.txt"), kept("b.txt")]).toEqual(["better", "new", "two"]);
      expect([existsSync(workspace.worktreePath), existsSync(workspace.files.repository)]).toEqual([false, false]);
      expect(gitIn(main, "for-each-ref", "refs/chargehand/base")).toBe("");
      expect(log).toEqual([]);
    },
  );
});

test("WT-06 work in another worktree of the job is kept beside it", async () => {
  await afterEnd(
    async (worktree) => {
      gitIn(worktree, "worktree", "add", "--quiet", "-b", "more", "../task-more", "origin/main");
      gitIn(worktree, "worktree", "add", "--quiet", "--detach", "../task-idle", "origin/main");
      await writeFiles(join(worktree, "../task-more"), { "b.txt": "more\n" });
    },
    ({ kept, main, workspace }) => {
      expect([kept("b.txt"), kept("b.txt", `${ref}^2`)]).toEqual(["two", "more"]);
      expect(gitIn(main, "rev-list", "--count", ref)).toBe("3");
      expect(existsSync(join(workspace.worktreePath, "../task-more"))).toBe(false);
    },
  );
});

test("WT-06 what only the job's repository knew is kept: commits that no ref reaches, a stash, and a rebase in its middle", async () => {
  await afterEnd(
    async (worktree) => {
      await writeFiles(worktree, { "a.txt": "thrown away\n" });
      gitIn(worktree, "commit", "--quiet", "--all", "--message", "thrown away");
      gitIn(worktree, "reset", "--quiet", "--hard", "HEAD^");
      await writeFiles(worktree, { "a.txt": "stashed\n" });
      gitIn(worktree, "stash");
      await writeFiles(worktree, { "a.txt": "mine\n" });
      gitIn(worktree, "commit", "--quiet", "--all", "--message", "mine");
      gitIn(worktree, "checkout", "--quiet", "--detach", "HEAD^");
      await writeFiles(worktree, { "a.txt": "theirs\n" });
      gitIn(worktree, "commit", "--quiet", "--all", "--message", "theirs");
      expect(() => gitIn(worktree, "rebase", "chargehand/aaaa1111")).toThrow();
    },
    ({ workspace: { files, worktreePath } }) => {
      const subjects = gitIn(files.keptRepository, "log", "--all", "--reflog", "--format=%s").split("\n");
      expect(subjects).toEqual(expect.arrayContaining(["thrown away", "mine", "theirs"]));
      expect(gitIn(files.keptRepository, "show", "stash:a.txt")).toBe("stashed");
      expect([existsSync(worktreePath), existsSync(files.repository)]).toEqual([false, false]);
    },
  );
});

test("WT-06 RC-08 nothing in a kept repository starts a program of an agent's for who looks into it", async () => {
  await afterEnd(
    async (worktree) => {
      const repository = gitIn(worktree, "rev-parse", "--path-format=absolute", "--git-common-dir");
      await writeFiles(worktree, { "a.txt": "mine\n" });
      gitIn(worktree, "commit", "--quiet", "--all", "--message", "mine");
      await writeFiles(repository, {
        "elsewhere/config": "[core]\n\tbare = true\n\tpager = touch pwned\n",
        "elsewhere/HEAD": "ref: refs/heads/main\n",
        commondir: "elsewhere\n",
        "hooks/reference-transaction": "#!/bin/sh\ntouch pwned\n",
        "objects/info/alternates": "/elsewhere\n",
      });
      await chmod(join(repository, "hooks/reference-transaction"), 0o755);
      await rm(join(repository, "config"));
      await symlink(join(worktree, "../main/a.txt"), join(repository, "config"));
    },
    ({ workspace: { files }, main }) => {
      expect(readdirSync(files.keptRepository).toSorted()).toEqual(
        ["HEAD", "config", "logs", "objects", "packed-refs", "refs", "worktrees"].toSorted(),
      );
      gitIn(files.keptRepository, "update-ref", "refs/heads/new", "chargehand/aaaa1111");
      expect(gitIn(files.keptRepository, "show", "new:a.txt")).toBe("mine");
      expect(readFileSync(join(main, "a.txt"), "utf8")).toBe("one\n");
    },
  );
});

test("WT-06 a job that changed nothing leaves no ref", async () => {
  await afterEnd(
    () => {},
    ({ main, workspace }) => {
      expect(gitIn(main, "for-each-ref", "refs/chargehand")).toBe("");
      expect([existsSync(workspace.worktreePath), existsSync(workspace.files.keptRepository)]).toEqual([false, false]);
    },
  );
});

test("WT-06 a worktree whose work cannot be kept stays, with its repository, and the log says so", async () => {
  await afterEnd(
    async (worktree) => {
      await writeFiles(worktree, { "a.txt": "better\n" });
      // Where the ref would be there is a folder of refs, so git refuses to write it.
      gitIn(join(worktree, "../main"), "update-ref", `${ref}/in-the-way`, "HEAD");
    },
    ({ workspace, log }) => {
      expect([existsSync(workspace.worktreePath), existsSync(workspace.files.repository)]).toEqual([true, true]);
      expect(log.join()).toContain("an ended job's place could not be cleared");
    },
  );
});
