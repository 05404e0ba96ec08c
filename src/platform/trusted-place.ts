import { lstatSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { AppError } from "../core/error.ts";
import { isInside } from "./is-inside.ts";
import { isThereSync } from "./is-there.ts";

/**
 * Refuses to read a file that lies in a project's folder or below, or is reached through a link there: a job could have
 * written it, and would then say what is checked, who may order and which commands run. A file that is not there is
 * fine. Throws "bad-config" with the remedy.
 */
export function refuseInProject(
  path: string,
  baseDirs: readonly string[] = [],
  remedy = keepAndStartThere(path),
): void {
  const project = isThereSync(path) ? projectAround(path, baseDirs) : undefined;
  if (project === undefined) return;
  const sentence = `${path} is not read: it lies in ${project}, a project's folder, where a job could have written it.`;
  throw new AppError("bad-config", sentence, { remedy });
}

/** Refuses a home in a project's folder, also one that is yet to be made: ledgers are no job's to write. Throws "bad-config". */
export function refuseHomeInProject(home: string, baseDirs: readonly string[]): void {
  const project = projectAround(home, baseDirs);
  if (project === undefined) return;
  const sentence = `CHARGEHAND_HOME, ${home}, lies in ${project}, a project's folder, where a job could write to it.`;
  throw new AppError("bad-config", sentence, { remedy: "Set it to a folder outside of all projects." });
}

function keepAndStartThere(path: string): string {
  return `Keep ${basename(path)} in a folder of your own and start Chargehand there.`;
}

/**
 * The project's folder that holds a path or a link on the way to it. The folders are those of the known projects; one
 * that jobs have worked in is recognised without being named, since what is refused does not testify for itself.
 */
function projectAround(path: string, baseDirs: readonly string[]): string | undefined {
  const known = baseDirs.flatMap((folder) => [resolve(folder), realOf(folder)]);
  const around = (place: string) =>
    known.find((folder) => isInside(place, folder)) ?? ancestors(place).find(jobsHaveWorkedIn);
  return placesOf(path)
    .map(around)
    .find((folder) => folder !== undefined);
}

/** Where a file is: as it is written, and each step of the links that lead to its content. */
function placesOf(path: string): string[] {
  const places = [resolve(path)];
  let step = path;
  for (let links = 0; links < 40; links += 1) {
    const place = join(realOf(dirname(resolve(step))), basename(step));
    places.push(place);
    if (!isThereSync(place) || !lstatSync(place).isSymbolicLink()) break;
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
  if (!isThereSync(join(folder, "main", ".git"))) return false;
  const hasWorktree = namesIn(folder).some(
    (name) => name.startsWith("task-") && isThereSync(join(folder, name, ".git")),
  );
  return hasWorktree || namesIn(join(folder, ".chargehand")).some((name) => /^[0-9a-f]{8}$/.test(name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // What is not there yet will be where the folder above it really is.
    const folder = dirname(resolve(path));
    return folder === resolve(path) ? folder : join(realOf(folder), basename(path));
  }
}
