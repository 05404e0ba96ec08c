import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ageCache, readUsed } from "../../src/daemon/cache.ts";
import { Removals } from "../../src/daemon/removals.ts";
import { temporaryFolder } from "../support/project.ts";

const dayMs = 24 * 3_600_000;

/** Writes a file of the cache that was last used so many days ago. */
async function used(home: string, path: string, days: number): Promise<void> {
  const file = join(home, "cache", path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, "kept");
  const at = new Date(Date.now() - days * dayMs);
  await utimes(file, at, at);
  if (path.startsWith("dependencies/")) await utimes(dirname(file), at, at);
}

test("DU-14 dependencies and results that no job used for long are removed; each use counts, and today's stay", async () => {
  await using folder = await temporaryFolder();
  await using removals = new Removals();
  const home = folder.path;
  await used(home, "dependencies/old/kept.json", 20);
  await used(home, "dependencies/used/kept.json", 20);
  await used(home, "dependencies/young/kept.json", 3);
  await used(home, "baseline/old.json", 20);
  await used(home, "baseline/today.json", 0.5);
  await readUsed(join(home, "cache/dependencies/used/kept.json"));

  const trial = await ageCache(home, { unusedForMs: 14 * dayMs, removals, isTrial: true });
  const aged = await ageCache(home, { unusedForMs: 14 * dayMs, removals });
  const rest = await ageCache(home, { unusedForMs: 0, removals });
  await removals.settled();

  expect([trial, aged, rest]).toEqual([2, 2, 1]);
  expect(await readdir(join(home, "cache/dependencies"))).toEqual(["used"]);
  expect(await readdir(join(home, "cache/baseline"))).toEqual(["today.json"]);
  expect(await readdir(join(home, "removed"))).toEqual([]);
});
