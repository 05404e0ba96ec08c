import { statfs } from "node:fs/promises";
import { diskFull } from "../core/error.ts";
import { type GitCall, git } from "../platform/git.ts";
import { changesIn } from "./tree-changes.ts";

/** For the index, the refs and their logs, and whatever else writes to the disk meanwhile. */
const spareBytes = 8 * 1024 ** 2;

/**
 * Throws "disk-full" unless the files that differ between two commits find room beside a checkout. A fast-forward that
 * meets a full disk leaves half of them behind, and every later one then finds "uncommitted changes".
 */
export async function proveRoom(
  checkout: GitCall,
  { from, to }: { from: string; to: string },
  signal: AbortSignal,
): Promise<void> {
  const { bavail, bsize } = await statfs(checkout.cwd);
  if (bavail * bsize < (await bytesBetween(checkout, { from, to }, signal)) + spareBytes) throw diskFull();
}

async function bytesBetween(
  checkout: GitCall,
  { from, to }: { from: string; to: string },
  signal: AbortSignal,
): Promise<number> {
  const changes = await changesIn(checkout, from, to, signal);
  const files = changes.filter(({ mode }) => /^1[02]0/.test(mode));
  const input = files.map(({ object }) => `${object}\n`).join("");
  const sizes = await git(["cat-file", "--batch-check=%(objectsize)"], { ...checkout, input }, signal);
  return sizes.split("\n").reduce((total, size) => total + (Number(size) || 0), 0);
}
