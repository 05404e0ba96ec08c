import { readdir, readFile, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Removals } from "./removals.ts";

/** What jobs share, each kind in a folder of this name: one entry is one file or folder. */
const kinds = ["dependencies", "dependency-keys", "baseline"];

/** Reads a file of the cache and notes that it was used just now; `undefined` when it is not there. */
export async function readUsed(path: string): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  const now = new Date();
  if (text !== undefined) await utimes(path, now, now).catch(() => {});
  return text;
}

/** A job may be at work with what was used today. */
const shortestMs = 24 * 3_600_000;

/** Removes from the cache what nobody has used for so long, but never what was used today. Answers how many entries. */
export async function ageCache(
  home: string,
  { unusedForMs, removals, isTrial = false }: { unusedForMs: number; removals: Removals; isTrial?: boolean },
): Promise<number> {
  const before = Date.now() - Math.max(unusedForMs, shortestMs);
  let aged = 0;
  for (const kind of kinds) {
    const folder = join(home, "cache", kind);
    for (const name of await readdir(folder).catch(() => [])) {
      if ((await lastUse(join(folder, name))) >= before) continue;
      aged += 1;
      if (!isTrial) await removals.take(join(folder, name), join(home, "removed"));
    }
  }
  return aged;
}

/** Milliseconds since 1970. Installed dependencies note their use in `kept.json`; an unfinished folder has none. */
async function lastUse(path: string): Promise<number> {
  const noted = await stat(join(path, "kept.json")).catch(() => undefined);
  return (noted ?? (await stat(path).catch(() => undefined)))?.mtimeMs ?? Date.now();
}
