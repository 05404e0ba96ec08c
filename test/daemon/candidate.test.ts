import { spawnSync } from "node:child_process";
import { chmod, mkdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Candidate, takeCandidate } from "../../src/daemon/candidate.ts";
import { makeWorkspace, workspaceOf } from "../../src/daemon/workspace.ts";
import { gitIn, makeProject, never, temporaryFolder, writeFiles } from "../support/project.ts";

const files = {
  "src/a.txt": "one\n",
  "src/b.txt": "two\n",
  "tests/run.sh": "exit 1\n",
  ".github/workflows/ci.yml": "on: push\n",
  ".gitignore": "build/\n*.log\n",
  "lib/.gitignore": "/cache\n!keep.log\n",
};
const scope = { allow: ["src/**", "lib/**"], deny: ["src/secret/**"] };

/** Lets an engine loose in a worktree and takes what the harness sees afterwards. */
async function candidateAfter(act: (worktree: string) => Promise<void> | void): Promise<Candidate> {
  await using folder = await temporaryFolder();
  const { project, baseCommit } = await makeProject(join(folder.path, "shop"), files);
  const workspace = workspaceOf(join(folder.path, "home"), project, "aaaa1111");
  await mkdir(workspace.files.directory, { recursive: true });
  await makeWorkspace(workspace, { project, jobId: "aaaa1111", commit: baseCommit }, never);
  await act(workspace.worktreePath);
  return await takeCandidate(workspace, { baseCommit, scope }, never);
}

test("GT-02 evidence 0a an honest edit of an allowed file is the whole candidate", async () => {
  const candidate = await candidateAfter((worktree) => writeFile(join(worktree, "src/a.txt"), "better\n"));

  expect(candidate.paths).toEqual(["src/a.txt"]);
  expect(candidate.stat).toEqual({ files: 1, insertions: 1, deletions: 1 });
  expect(candidate.violations).toEqual([]);
});

test("GT-18 evidence 0b nothing at all is no change and no violation", async () => {
  const candidate = await candidateAfter(() => {});

  expect(candidate.paths).toEqual([]);
  expect(candidate.violations).toEqual([]);
});

test("GT-02 ignored files of the base stay out, nested ignore files and negations included", async () => {
  const candidate = await candidateAfter((worktree) =>
    writeFiles(worktree, {
      "build/x": "",
      "src/x.log": "",
      "lib/cache/x": "",
      "lib/keep.log": "kept\n",
      "lib/deep/cache": "kept\n",
    }),
  );

  expect(candidate.paths).toEqual(["lib/deep/cache", "lib/keep.log"]);
});

const outOfScope = "tests/run.sh";

/** Tricks that hide or disguise an edit of a file outside the job's scope; each must come out as a violation. */
const tricks: [string, (worktree: string) => Promise<void> | void, RegExp?][] = [
  [
    "1 committing the edit",
    async (worktree) => {
      await writeFile(join(worktree, outOfScope), "exit 0\n");
      gitIn(worktree, "commit", "--quiet", "--all", "--message", "x");
    },
  ],
  [
    "2 ignoring it, and the ignore file too",
    async (worktree) => {
      await writeFile(join(worktree, ".gitignore"), "*\n.gitignore\n");
      await writeFiles(worktree, { "tests/conftest.py": "pass\n" });
    },
    /^tests\/conftest\.py is outside/m,
  ],
  [
    "3 renaming it onto an allowed path",
    (worktree) => rename(join(worktree, outOfScope), join(worktree, "src/run.sh")),
  ],
  [
    "4 assume-unchanged",
    async (worktree) => {
      gitIn(worktree, "update-index", "--assume-unchanged", outOfScope);
      await writeFile(join(worktree, outOfScope), "exit 0\n");
    },
  ],
  [
    "5 skip-worktree",
    async (worktree) => {
      gitIn(worktree, "update-index", "--skip-worktree", outOfScope);
      await writeFile(join(worktree, outOfScope), "exit 0\n");
    },
  ],
  [
    "6 info/exclude",
    async (worktree) => {
      const exclude = gitIn(worktree, "rev-parse", "--path-format=absolute", "--git-path", "info/exclude");
      await mkdir(join(exclude, ".."), { recursive: true });
      await writeFile(exclude, "tests/\n");
      await writeFiles(worktree, { "tests/conftest.py": "pass\n" });
    },
    /^tests\/conftest\.py is outside/m,
  ],
  [
    "8 core.fileMode=false, then chmod",
    async (worktree) => {
      gitIn(worktree, "config", "core.fileMode", "false");
      await chmod(join(worktree, outOfScope), 0o755);
    },
  ],
  [
    "9 a file monitor that sees nothing",
    async (worktree) => {
      const monitor = join(worktree, "src", "monitor");
      await writeFile(monitor, "#!/bin/sh\nprintf 'token\\0'\n", { mode: 0o755 });
      gitIn(worktree, "config", "core.fsmonitor", monitor);
      gitIn(worktree, "status");
      await writeFile(join(worktree, outOfScope), "exit 0\n");
    },
  ],
  [
    "10 an allowed file becomes a link out of the tree",
    async (worktree) => {
      await rm(join(worktree, "src/a.txt"));
      await symlink("/etc/passwd", join(worktree, "src/a.txt"));
    },
    /^src\/a\.txt is a link that leaves/m,
  ],
  [
    "10b a link out of the tree by relative steps",
    async (worktree) => symlink("../../main/x", join(worktree, "src/link")),
    /^src\/link is a link that leaves/m,
  ],
  [
    "11 an orphan branch",
    async (worktree) => {
      gitIn(worktree, "checkout", "--quiet", "--orphan", "fresh");
      await writeFile(join(worktree, outOfScope), "exit 0\n");
      gitIn(worktree, "commit", "--quiet", "--all", "--message", "x");
    },
  ],
  [
    "12 a name that looks like a rename",
    (worktree) => writeFile(join(worktree, "evil -> src"), "x"),
    /^evil -> src is outside/m,
  ],
  [
    "13 a nested repository",
    async (worktree) => {
      await mkdir(join(worktree, "src/nested"));
      gitIn(join(worktree, "src/nested"), "init", "--quiet");
      await writeFile(join(worktree, "src/nested/x"), "x");
      gitIn(join(worktree, "src/nested"), "add", "x");
      gitIn(join(worktree, "src/nested"), "commit", "--quiet", "--message", "x");
    },
    /^src\/nested\/? is a repository of its own|^src\/nested became a submodule/m,
  ],
  [
    "14 core.worktree elsewhere",
    async (worktree) => {
      gitIn(worktree, "config", "extensions.worktreeConfig", "true");
      gitIn(worktree, "config", "--worktree", "core.worktree", "/tmp");
      await writeFile(join(worktree, outOfScope), "exit 0\n");
    },
  ],
  [
    "15 git replace of the base commit",
    async (worktree) => {
      await writeFile(join(worktree, outOfScope), "exit 0\n");
      gitIn(worktree, "commit", "--quiet", "--all", "--message", "x");
      gitIn(worktree, "replace", "HEAD~1", "HEAD");
    },
  ],
  [
    "16 a clean filter that returns the old content",
    async (worktree) => {
      const attributes = gitIn(worktree, "rev-parse", "--path-format=absolute", "--git-path", "info/attributes");
      await mkdir(join(attributes, ".."), { recursive: true });
      await writeFile(attributes, "* filter=old\n");
      gitIn(worktree, "config", "filter.old.clean", "echo exit 1");
      await writeFile(join(worktree, outOfScope), "exit 0\n");
    },
  ],
  [
    "17 same size, same time",
    async (worktree) => {
      const before = await stat(join(worktree, outOfScope));
      await writeFile(join(worktree, outOfScope), "exit 0\n");
      await utimes(join(worktree, outOfScope), before.atime, before.mtime);
    },
  ],
  [
    "18 .git deleted and made anew",
    async (worktree) => {
      await rm(join(worktree, ".git"), { recursive: true });
      await writeFile(join(worktree, outOfScope), "exit 0\n");
      gitIn(worktree, "init", "--quiet");
      gitIn(worktree, "add", "--all");
      gitIn(worktree, "commit", "--quiet", "--message", "x");
    },
  ],
  [
    "19 renaming a workflow away",
    (worktree) => rename(join(worktree, ".github/workflows/ci.yml"), join(worktree, "src/ci.yml")),
    /^\.github\/workflows\/ci\.yml is outside/m,
  ],
  [
    "a denied folder inside an allowed one",
    (worktree) => writeFiles(worktree, { "src/secret/x": "x" }),
    /^src\/secret\/x is outside/m,
  ],
  [
    "a file in a folder of an allowed name, higher up",
    (worktree) => writeFiles(worktree, { "other/src/x": "x" }),
    /^other\/src\/x is outside/m,
  ],
];

test.each(tricks)(
  "GT-07 evidence %s is seen",
  async (_name, act, sentence = /^tests\/run\.sh is outside the scope/m) => {
    const candidate = await candidateAfter(act);

    expect(candidate.violations.join("\n")).toMatch(sentence);
  },
);

test("GT-07 a link that stays inside the tree is ordinary work", async () => {
  const candidate = await candidateAfter((worktree) => symlink("a.txt", join(worktree, "src/link")));

  expect(candidate.violations).toEqual([]);
});

test("GT-02 a hook, filter or monitor planted in the job's repository never runs for the harness", async () => {
  await using folder = await temporaryFolder();
  const marker = join(folder.path, "ran");
  await candidateAfter(async (worktree) => {
    const config = (key: string, value: string) => gitIn(worktree, "config", key, value);
    await writeFile(join(worktree, ".gitattributes"), "* filter=bad diff=bad\n");
    for (const key of [
      "filter.bad.clean",
      "filter.bad.smudge",
      "filter.bad.process",
      "diff.bad.textconv",
      "diff.bad.command",
    ]) {
      config(key, `touch ${marker}`);
    }
    config("core.fsmonitor", `touch ${marker}; false`);
    config("diff.external", `touch ${marker}`);
  });

  expect(await readFile(marker).catch(() => "not there")).toBe("not there");
});

test("GT-02 names with newlines, quotes and invalid UTF-8 are taken as they are", async () => {
  const candidate = await candidateAfter((worktree) => {
    spawnSync("sh", ["-c", `printf x > "$(printf 'src/new\\nline')"; printf x > 'src/qu"ote'`], { cwd: worktree });
  });

  expect(candidate.paths).toEqual(["src/new\nline", 'src/qu"ote']);
});
