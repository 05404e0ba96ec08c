import { lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { AppError } from "../core/error.ts";

/**
 * Refuses configuration that lies in a project's folder or below, or is reached through a link there: a job could have
 * written it, and would then say what is checked, who may order and which commands run. The folders are those of the
 * known projects; one that jobs have worked in is recognised without being named, since what is refused does not
 * testify for itself. A file that is not there is fine. Throws "bad-config".
 */
export function refuseInProject(path: string, baseDirs: readonly string[] = []): void {
  if (!isThere(path)) return;
  const known = baseDirs.flatMap((folder) => [resolve(folder), realOf(folder)]);
  for (const place of placesOf(path)) {
    const project = known.find((folder) => isWithin(folder, place)) ?? ancestors(place).find(jobsHaveWorkedIn);
    if (project === undefined) continue;
    throw new AppError(
      "bad-config",
      `${path} is not read: it lies in ${project}, a project's folder, where a job could have written it.`,
      { remedy: `Keep ${basename(path)} in a folder of your own and start Chargehand there.` },
    );
  }
}

/** Where a file is: as it is written, and each step of the links that lead to its content. */
function placesOf(path: string): string[] {
  const places = [resolve(path)];
  let step = path;
  for (let links = 0; links < 40; links += 1) {
    const place = join(realOf(dirname(resolve(step))), basename(step));
    places.push(place);
    if (!lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) break;
    step = resolve(dirname(place), readlinkSync(place));
  }
  return places;
}

function ancestors(place: string): string[] {
  const folder = dirname(place);
  return folder === place ? [] : [folder, ...ancestors(folder)];
}

/** Beside the checkout there are worktrees of jobs, or the bins of a daemon: both are out of a job's reach. */
function jobsHaveWorkedIn(folder: string): boolean {
  if (!isThere(join(folder, "main", ".git"))) return false;
  const hasWorktree = namesIn(folder).some((name) => name.startsWith("task-") && isThere(join(folder, name, ".git")));
  return hasWorktree || namesIn(join(folder, ".chargehand")).some((name) => /^[0-9a-f]{8}$/.test(name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isWithin(folder: string, place: string): boolean {
  const way = relative(folder, place);
  return way !== ".." && !way.startsWith(`..${sep}`);
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
