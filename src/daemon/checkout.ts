import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { git, listed } from "../platform/git.ts";
import type { JobFiles } from "./job-files.ts";
import { unlessTrapped } from "./nested-repositories.ts";

/**
 * Writes a tree into a folder of its own, by the harness's git: nothing but the tree is in it, not even a `.git`. The index
 * comes back that says how its files were written.
 */
export async function checkOut(
  { files, tree, checkout }: { files: JobFiles; tree: string; checkout: string },
  signal: AbortSignal,
): Promise<string> {
  await mkdir(checkout, { recursive: true });
  const indexFile = join(files.temporary, `index-${randomUUID()}`);
  const call = { cwd: checkout, gitDir: files.harness, workTree: checkout, indexFile };
  await git(["read-tree", tree], call, signal);
  await git(["checkout-index", "--all", "--force", "--quiet", "--index"], call, signal);
  return indexFile;
}

/** The files of its tree that are not in a checkout any more as they were written. */
export async function changedSince(
  indexFile: string,
  { files, checkout }: { files: JobFiles; checkout: string },
  signal: AbortSignal,
): Promise<string[]> {
  const call = { cwd: checkout, gitDir: files.harness, workTree: checkout, indexFile };
  const options = ["--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all"];
  const looked = await unlessTrapped(checkout, (either) => git(["diff", ...options], call, either), signal);
  return "traps" in looked ? [...looked.traps] : listed(looked.seen);
}
