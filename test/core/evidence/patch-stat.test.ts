import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describes, statOfPatch } from "../../../src/core/evidence/patch-stat.ts";
import { takeCandidate } from "../../../src/daemon/candidate.ts";
import { patchOf } from "../../../src/daemon/tree-changes.ts";
import { makeWorkspace, workspaceOf } from "../../../src/daemon/workspace.ts";
import { makeProject, never, temporaryFolder, writeFiles } from "../../support/project.ts";

const files = {
  "changed.txt": "one\ntwo\nthree\n",
  "removed.txt": "gone\n-- with a line that looks like a header\n",
  "moved.txt": "a\nb\nc\nd\ne\nf\n",
  "linked.txt": "text\n",
  "binary.bin": "\0\u0001\u0002",
};

test("GT-20 a patch is counted as git counts it, whatever its lines look like", async () => {
  await using folder = await temporaryFolder();
  const { project, baseCommit } = await makeProject(join(folder.path, "shop"), files);
  const workspace = workspaceOf(join(folder.path, "home"), project, "aaaa1111");
  await mkdir(workspace.files.directory, { recursive: true });
  await makeWorkspace(workspace, { project, jobId: "aaaa1111", commit: baseCommit }, never);
  const inTree = (path: string) => join(workspace.worktreePath, path);
  await writeFiles(workspace.worktreePath, {
    "changed.txt": "one\n++ two\n-- three\n@@ -1,9 +1,9 @@\n",
    "added.txt": "diff --git a/x b/x\nno end of line",
    "empty.txt": "",
    "binary.bin": "\0\u0003",
  });
  await rm(inTree("removed.txt"));
  await rm(inTree("linked.txt"));
  await symlink("changed.txt", inTree("linked.txt"));

  const plain = await takeCandidate(workspace, { baseCommit, scope: project.scope }, never);
  const patch = await patchOf(workspace, baseCommit, plain.tree, never);
  await rename(inTree("moved.txt"), inTree("moved-away.txt"));
  await writeFile(inTree("moved-away.txt"), "a\nb\nc\nd\ne\nF\n");
  const renamed = await takeCandidate(workspace, { baseCommit, scope: project.scope }, never);
  const renamingPatch = await patchOf(workspace, baseCommit, renamed.tree, never);

  expect(statOfPatch(patch)).toEqual({ ...plain.stat, hasRenames: false });
  expect(statOfPatch(renamingPatch)).toMatchObject({ files: renamed.stat.files, hasRenames: true });
  expect(describes(renamingPatch, renamed.stat)).toBe(true);
  expect(describes(patch, renamed.stat)).toBe(false);
});
