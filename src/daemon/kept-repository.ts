import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeBareRepository } from "../platform/bare-repository.ts";
import { isThere } from "../platform/is-there.ts";
import type { OpenProject } from "./projects.ts";
import type { Workspace } from "./workspace.ts";

/**
 * What only git knows, the last one first: when the objects have moved, all has. Nothing else of a repository that agents
 * had goes along: its configuration, hooks and `commondir` could start programs of theirs for whoever looks into it.
 */
const parts = ["HEAD", "packed-refs", "refs", "logs", "worktrees", "objects"] as const;

/**
 * Sets aside what a job committed, stashed or left in the middle of a rebase, beyond the files that are kept under its
 * recovery ref: in a repository in the job's folder, under a configuration of ours, until the job is pruned. Nothing
 * happens where git was never given anything. No git of ours opens either of the two.
 */
export async function keepRepository(
  { files, worktree }: Workspace,
  { project, commit }: { project: OpenProject; commit: string },
): Promise<void> {
  const { repository, keptRepository: path } = files;
  if (!(await hasObjects(repository))) return;
  const head = `refs/heads/${worktree}`;
  if (!(await isThere(path)))
    await makeBareRepository({ path, borrowFrom: project.gitDir, refs: { [head]: commit }, head });
  for (const part of parts) {
    if (!(await isThere(join(repository, part)))) continue;
    await rm(join(path, part), { recursive: true, force: true });
    await rename(join(repository, part), join(path, part));
  }
  const info = join(path, "objects", "info");
  await rm(info, { recursive: true, force: true });
  await mkdir(info);
  await writeFile(join(info, "alternates"), `${join(project.gitDir, "objects")}\n`, { flag: "wx" });
}

/** Whether it holds an object that it does not borrow: two digits name the folder of loose ones. */
async function hasObjects(repository: string): Promise<boolean> {
  const [loose, packs] = await Promise.all(
    [join(repository, "objects"), join(repository, "objects", "pack")].map((path) => readdir(path).catch(() => [])),
  );
  return [...(loose ?? []), ...(packs ?? [])].some((name) => /^[0-9a-f]{2}$|\.pack$/.test(name));
}
