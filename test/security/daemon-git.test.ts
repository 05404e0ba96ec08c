import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { expect, test, vi } from "vitest";
import { takeCandidate } from "../../src/daemon/candidate.ts";
import { changedSince, checkOut } from "../../src/daemon/checkout.ts";
import { hashFiles } from "../../src/daemon/hash-files.ts";
import { publish } from "../../src/daemon/landing.ts";
import { type OpenProject, openProject } from "../../src/daemon/projects.ts";
import { makeWorkspace, type Workspace, workspaceOf } from "../../src/daemon/workspace.ts";
import { gitIn, makeProject, never, temporaryFolder, writeFiles } from "../support/project.ts";

const scope = { allow: ["**"], deny: [] };

interface Place {
  readonly project: OpenProject;
  readonly workspace: Workspace;
  readonly baseCommit: string;
  readonly library: string;
  readonly marker: string;
}

/** A project with a submodule `lib`, a job's worktree of it, and the path of a file that no attack must make. */
async function withSubmodule<T>(act: (place: Place) => Promise<T>): Promise<T> {
  await using folder = await temporaryFolder();
  const library = join(folder.path, "library");
  await mkdir(library);
  await writeFile(join(library, "file.txt"), "one\n");
  gitIn(library, "init", "--quiet");
  gitIn(library, "add", "--all");
  gitIn(library, "commit", "--quiet", "--message", "library");
  const { config, project: made } = await makeProject(join(folder.path, "shop"), {
    "a.txt": "one\n",
    ".gitignore": "*.log\n",
  });
  gitIn(made.mainPath, "submodule", "add", "--quiet", library, "lib");
  gitIn(made.mainPath, "commit", "--quiet", "--message", "submodule");
  const project = await openProject(config, "shop", never);
  const baseCommit = gitIn(project.mainPath, "rev-parse", "HEAD");
  const workspace = workspaceOf(join(folder.path, "home"), project, "aaaa1111");
  await mkdir(workspace.files.directory, { recursive: true });
  await makeWorkspace(workspace, { project, jobId: "aaaa1111", commit: baseCommit }, never);
  return await act({ project, workspace, baseCommit, library, marker: join(folder.path, "ran") });
}

test("GT-02 a filter in a submodule that an agent filled never runs for the harness", async () => {
  await withSubmodule(async ({ workspace, baseCommit, library, marker }) => {
    const submodule = join(workspace.worktreePath, "lib");
    gitIn(workspace.worktreePath, "clone", "--quiet", library, "lib");
    gitIn(submodule, "config", "filter.bad.clean", `touch ${marker}; cat`);
    await writeFiles(submodule, { ".gitattributes": "file.txt filter=bad\n", "file.txt": "two\n" });
    gitIn(submodule, "-c", "filter.bad.clean=cat", "status");

    await hashFiles(workspace, baseCommit, never);

    expect(existsSync(marker)).toBe(false);
  });
});

test("GT-07 a submodule that an agent moved to another commit is still seen, and told from where to where", async () => {
  await withSubmodule(async ({ workspace, baseCommit, library }) => {
    const submodule = join(workspace.worktreePath, "lib");
    gitIn(workspace.worktreePath, "clone", "--quiet", library, "lib");
    gitIn(submodule, "commit", "--quiet", "--allow-empty", "--message", "another");

    const refused = await takeCandidate(workspace, { baseCommit, scope }, never);
    const allowing = { ...scope, submodules: "allow" } as const;
    const allowed = await takeCandidate(workspace, { baseCommit, scope: allowing }, never);

    const [, , moved = ""] = gitIn(workspace.files.harness, "ls-tree", allowed.tree, "lib").split(/\s/);
    const path = `${gitIn(library, "rev-parse", "--short=7", "HEAD")} → ${moved.slice(0, 7)}`;
    expect(refused.violations).toEqual([
      `lib is a submodule that was moved, ${path}; jobs may neither move nor remove it (scope.submodules: deny).`,
    ]);
    expect(allowed.remarks).toEqual([`Submodule lib was moved, ${path}`]);
    expect(allowed).toMatchObject({ violations: [], paths: ["lib"], stat: { files: 1, insertions: 1, deletions: 1 } });
    expect(moved).toBe(gitIn(submodule, "rev-parse", "HEAD"));
  });
});

test.each<[string, (path: string) => Promise<void>, string, string]>([
  ["is gone", async () => {}, "000000", "was removed"],
  ["became a file", (path) => writeFile(path, "x"), "100644", "was replaced by something else"],
  ["became a link", (path) => symlink("a.txt", path), "120000", "was replaced by something else"],
])(
  "GT-07 a submodule that %s is refused where submodules are denied, and counted where they are allowed",
  async (_name, replace, mode, fate) => {
    await withSubmodule(async ({ workspace, baseCommit }) => {
      const path = join(workspace.worktreePath, "lib");
      await rm(path, { recursive: true });
      await replace(path);

      const refused = await takeCandidate(workspace, { baseCommit, scope }, never);
      const allowing = { ...scope, submodules: "allow" } as const;
      const allowed = await takeCandidate(workspace, { baseCommit, scope: allowing }, never);

      const sentence = `lib is a submodule that ${fate}; jobs may neither move nor remove it (scope.submodules: deny).`;
      expect(refused.violations).toEqual([sentence]);
      expect(allowed.violations).toEqual([]);
      expect(allowed.remarks).toEqual([`Submodule lib ${fate}`]);
      expect(allowed.changes).toEqual([expect.objectContaining({ path: "lib", mode, baseMode: "160000" })]);
    });
  },
);

test.each([
  ["beside nothing", "echo x > lib/file.txt"],
  ["in a folder of it", "mkdir lib/deep; echo x > lib/deep/file.txt"],
  ["beside a folder that is no repository", "mkdir lib/.git; echo x > lib/file.txt"],
  ["beside a file that names no repository", "echo x > lib/.git; echo x > lib/file.txt"],
  ["in a repository without a commit", "git init -q lib; echo x > lib/file.txt"],
])(
  "GT-07 what is put into the folder of a submodule that was not fetched, %s, is not lost without a word",
  async (_where, script) => {
    await withSubmodule(async ({ workspace, baseCommit }) => {
      spawnSync("sh", ["-c", `${script}; echo better > a.txt`], { cwd: workspace.worktreePath });

      for (const submodules of ["deny", "allow"] as const) {
        const { violations, paths } = await takeCandidate(
          workspace,
          { baseCommit, scope: { ...scope, submodules } },
          never,
        );

        expect(violations).toEqual([
          "lib is a submodule that is not here, so what lies in its folder is not taken; take it away.",
        ]);
        expect(paths).toEqual(["a.txt"]);
      }
    });
  },
);

test("GT-07 a submodule that was fetched as it is, or that holds only what the project ignores, is nothing to speak of", async () => {
  await withSubmodule(async ({ workspace, baseCommit, library }) => {
    const { worktreePath } = workspace;
    await writeFiles(worktreePath, { "lib/x.log": "ignored\n" });
    const empty = await takeCandidate(workspace, { baseCommit, scope }, never);
    await rm(join(worktreePath, "lib"), { recursive: true });
    gitIn(worktreePath, "clone", "--quiet", library, "lib");
    const fetched = await takeCandidate(workspace, { baseCommit, scope }, never);

    expect([empty, fetched].map(({ violations, paths }) => [violations, paths])).toEqual([
      [[], []],
      [[], []],
    ]);
  });
});

test("GT-07 where submodules come from is changed only where they may be moved, and is then worth a look", async () => {
  await withSubmodule(async ({ workspace, baseCommit }) => {
    const elsewhere = '[submodule "lib"]\n\tpath = lib\n\turl = https://elsewhere.example/lib.git\n';
    await writeFiles(workspace.worktreePath, { ".gitmodules": elsewhere });

    const refused = await takeCandidate(workspace, { baseCommit, scope }, never);
    const allowing = { ...scope, submodules: "allow" } as const;
    const allowed = await takeCandidate(workspace, { baseCommit, scope: allowing }, never);

    expect(refused.violations).toEqual([
      ".gitmodules says where submodules come from; jobs may not change it (scope.submodules: deny).",
    ]);
    expect(allowed).toMatchObject({
      violations: [],
      remarks: [".gitmodules, which says where submodules come from, was changed"],
    });
  });
});

test("GT-07 where submodules may be moved none is added: a repository of an agent's own is refused, and what it took the place of is gone", async () => {
  await withSubmodule(async ({ workspace, baseCommit, library }) => {
    const { worktreePath } = workspace;
    await writeFiles(worktreePath, { "src/hidden.js": "hidden\n" });
    gitIn(join(worktreePath, "src"), "init", "--quiet");
    gitIn(join(worktreePath, "src"), "add", "--all");
    gitIn(join(worktreePath, "src"), "commit", "--quiet", "--message", "hidden");
    await rm(join(worktreePath, "a.txt"));
    gitIn(worktreePath, "clone", "--quiet", library, "a.txt");

    const allowing = { ...scope, submodules: "allow" } as const;
    const { violations, changes } = await takeCandidate(workspace, { baseCommit, scope: allowing }, never);

    expect(violations).toEqual(["src/ is a repository of its own; nested repositories are not taken."]);
    expect(changes).toEqual([expect.objectContaining({ path: "a.txt", mode: "000000" })]);
  });
});

/** Each makes a git that looks in there wait for ever, or read until the memory is full. */
const traps: [string, string][] = [
  ["whose HEAD is a pipe", "mkfifo $R/HEAD"],
  ["whose HEAD is a link to a pipe", "mkfifo $R/pipe; ln -s pipe $R/HEAD"],
  ["that shares the files of a pipe", "echo x > $R/HEAD; mkfifo $R/commondir"],
  ["whose branch is a pipe", "echo 'ref: refs/heads/x' > $R/HEAD; mkdir $R/refs/heads; mkfifo $R/refs/heads/x"],
  [
    "whose branch has no end",
    "echo 'ref: refs/heads/x' > $R/HEAD; mkdir $R/refs/heads; truncate -s 1T $R/refs/heads/x",
  ],
  ["whose packed branches are a pipe", "echo 'ref: refs/heads/x' > $R/HEAD; mkfifo $R/packed-refs"],
  ["that a file names", 'mkfifo $R/HEAD; mv $R ../elsewhere; echo "gitdir: $PWD/../elsewhere" > $R'],
];

const places = [
  ["in the place of a submodule", "lib"],
  ["in a new folder", "src/new"],
].flatMap(([where = "", path = ""]) => traps.map(([what, script]) => [what, where, path, script] as const));

test.each(places)("GT-07 a repository %s, %s, holds nobody up and is refused", async (_what, _where, path, script) => {
  await withSubmodule(async ({ workspace, baseCommit }) => {
    const make = `R=${path}/.git; mkdir -p $R/objects $R/refs; ${script}; echo better > a.txt`;
    spawnSync("sh", ["-c", make], { cwd: workspace.worktreePath });

    const { violations, paths } = await takeCandidate(workspace, { baseCommit, scope }, never);

    expect(violations).toEqual([`${path} holds a repository that cannot be read to its end; take it away.`]);
    expect(paths).toEqual(["a.txt"]);
  });
});

test("GT-13 a check that leaves a trap for git in its checkout has touched the work", async () => {
  await withSubmodule(async ({ workspace: { files }, baseCommit }) => {
    const checkout = join(files.directory, "fresh");
    const indexFile = await checkOut({ files, tree: baseCommit, checkout }, never);
    spawnSync("sh", ["-c", "mkdir -p lib/.git/objects lib/.git/refs; mkfifo lib/.git/HEAD"], { cwd: checkout });

    expect(await changedSince(indexFile, { files, checkout }, never)).toEqual(["lib"]);
  });
});

test("GT-02 a moved submodule is brought to main without asking anybody where it comes from", async () => {
  await withSubmodule(async ({ project, workspace, baseCommit, library, marker }) => {
    gitIn(workspace.worktreePath, "clone", "--quiet", library, "lib");
    gitIn(join(workspace.worktreePath, "lib"), "commit", "--quiet", "--allow-empty", "--message", "another");
    const inMain = join(project.mainPath, "lib");
    gitIn(inMain, "remote", "set-url", "origin", `ext::sh -c touch% ${marker}`);
    gitIn(inMain, "config", "protocol.ext.allow", "always");
    gitIn(project.mainPath, "config", "submodule.lib.fetchRecurseSubmodules", "true");
    const { tree } = await takeCandidate(workspace, { baseCommit, scope }, never);

    const ref = "refs/chargehand/recovery/aaaa1111";
    const commit = await publish(workspace, { project, ref, baseCommit, tree, message: "moved" }, never);

    expect(gitIn(project.mainPath, "rev-parse", ref)).toBe(commit);
    expect(existsSync(marker)).toBe(false);
  });
});

test("RC-06 a git that lies in the worktree is not the daemon's git, even when its PATH begins with `.`", async () => {
  await withSubmodule(async ({ workspace, baseCommit, marker }) => {
    const planted = `#!/bin/sh\ntouch ${marker}\nexec /usr/bin/git "$@"\n`;
    await writeFile(join(workspace.worktreePath, "git"), planted, { mode: 0o755 });

    vi.stubEnv("PATH", [".", "", process.env.PATH].join(delimiter));
    await hashFiles(workspace, baseCommit, never).finally(() => vi.unstubAllEnvs());

    expect(existsSync(marker)).toBe(false);
  });
});
