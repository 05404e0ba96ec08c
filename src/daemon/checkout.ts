import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../platform/git.ts";
import type { JobFiles } from "./job-files.ts";

/** Writes a tree into a folder of its own, by the harness's git: nothing but the tree is in it, not even a `.git`. */
export async function checkOut(
  { files, tree, checkout }: { files: JobFiles; tree: string; checkout: string },
  signal: AbortSignal,
): Promise<void> {
  await mkdir(checkout, { recursive: true });
  const indexFile = join(files.temporary, `index-${randomUUID()}`);
  const call = { cwd: checkout, gitDir: files.harness, workTree: checkout, indexFile };
  await git(["read-tree", tree], call, signal);
  await git(["checkout-index", "--all", "--force", "--quiet"], call, signal);
}
