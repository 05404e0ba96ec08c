import { createHash } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { AppError } from "../core/error.ts";

/** A socket's path lives in a field of 104 bytes on macOS and 108 on Linux, the closing zero included (unix(7)). */
const longestPath = 103;

/**
 * Where a server that belongs to `directory` listens: in it, or, where that is too deep for a socket, in a folder of
 * this user's own under /tmp. Every process derives the same path from the same directory.
 */
export async function socketPathFor(directory: string): Promise<string> {
  const inside = join(directory, "redis.sock");
  if (Buffer.byteLength(inside) <= longestPath) return inside;
  const folder = `/tmp/chargehand-${userInfo().uid}`;
  await claimFolder(folder);
  return join(folder, `${createHash("sha256").update(directory).digest("hex").slice(0, 16)}.sock`);
}

/** /tmp is everybody's: a folder that somebody else made there, or may write to, is not ours to use. */
async function claimFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stat = await lstat(folder);
  if (stat.isDirectory() && stat.uid === userInfo().uid && (stat.mode & 0o077) === 0) return;
  throw new AppError(
    "redis-unavailable",
    `${folder} is not private to you. Remove it, or set CHARGEHAND_HOME to a shorter path.`,
  );
}
