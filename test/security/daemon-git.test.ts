import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { expect, test, vi } from "vitest";
import { takeCandidate } from "../../src/daemon/candidate.ts";
import { hashFiles } from "../../src/daemon/hash-files.ts";
import { openProject } from "../../src/daemon/projects.ts";
import { makeWorkspace, type Workspace, workspaceOf } from "../../src/daemon/workspace.ts";
import { gitIn, makeProject, never, temporaryFolder, writeFiles } from "../support/project.ts";

const scope = { allow: ["**"], deny: [] };

/** A project with a submodule `lib`, a job's worktree of it, and the path of a file that no attack must make. */
async function withSubmodule<T>(
  act: (place: { workspace: Workspace; baseCommit: string; library: string; marker: string }) => Promise<T>,
): Promise<T> {
  await using folder = await temporaryFolder();
  const library = join(folder.path, "library");
  await mkdir(library);
  await writeFile(join(library, "file.txt"), "one\n");
  gitIn(library, "init", "--quiet");
  gitIn(library, "add", "--all");
  gitIn(library, "commit", "--quiet", "--message", "library");
  const { config, project: made } = await makeProject(join(folder.path, "shop"), { "a.txt": "one\n" });
  gitIn(made.mainPath, "submodule", "add", "--quiet", library, "lib");
  gitIn(made.mainPath, "commit", "--quiet", "--message", "submodule");
  const project = await openProject(config, "shop", never);
  const baseCommit = gitIn(project.mainPath, "rev-parse", "HEAD");
  const workspace = workspaceOf(join(folder.path, "home"), project, "aaaa1111");
  await mkdir(workspace.files.directory, { recursive: true });
  await makeWorkspace(workspace, { project, jobId: "aaaa1111", commit: baseCommit }, never);
  return await act({ workspace, baseCommit, library, marker: join(folder.path, "ran") });
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

test("GT-07 a submodule that an agent moved to another commit is still seen", async () => {
  await withSubmodule(async ({ workspace, baseCommit, library }) => {
    const submodule = join(workspace.worktreePath, "lib");
    gitIn(workspace.worktreePath, "clone", "--quiet", library, "lib");
    gitIn(submodule, "commit", "--quiet", "--allow-empty", "--message", "another");

    const refused = await takeCandidate(workspace, { baseCommit, scope }, never);
    const allowing = { ...scope, submodules: "allow" } as const;
    const allowed = await takeCandidate(workspace, { baseCommit, scope: allowing }, never);

    const [, , moved] = gitIn(workspace.files.harness, "ls-tree", allowed.tree, "lib").split(/\s/);
    expect(refused.violations).toEqual(["lib is a submodule, and jobs may not move it (scope.submodules: deny)."]);
    expect(allowed).toMatchObject({ violations: [], paths: ["lib"], stat: { files: 1, insertions: 1, deletions: 1 } });
    expect(moved).toBe(gitIn(submodule, "rev-parse", "HEAD"));
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

test("RC-06 a git that lies in the worktree is not the daemon's git, even when its PATH begins with `.`", async () => {
  await withSubmodule(async ({ workspace, baseCommit, marker }) => {
    const planted = `#!/bin/sh\ntouch ${marker}\nexec /usr/bin/git "$@"\n`;
    await writeFile(join(workspace.worktreePath, "git"), planted, { mode: 0o755 });

    vi.stubEnv("PATH", [".", "", process.env.PATH].join(delimiter));
    await hashFiles(workspace, baseCommit, never).finally(() => vi.unstubAllEnvs());

    expect(existsSync(marker)).toBe(false);
  });
});
