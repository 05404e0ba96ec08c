import { execFile } from "node:child_process";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { AppError } from "../../core/error.ts";
import { canSearch } from "../../daemon/nested-repositories.ts";
import { type DoctorRow, failed, ok, warning } from "./row.ts";

/** The oldest git that can merge without a checkout (`git merge-tree --write-tree`). */
const oldestGit = [2, 38] as const;
const oldestNode = 24;

export function checkNode(version = process.versions.node): DoctorRow {
  if (Number.parseInt(version, 10) >= oldestNode) return ok("Node", version);
  return failed("Node", `${version} is too old.`, "Start ./chargehand of the checkout: it brings its own Node 24.");
}

export async function checkGit(signal: AbortSignal): Promise<DoctorRow> {
  const said = await promisify(execFile)("git", ["--version"], { signal }).catch(() => undefined);
  signal.throwIfAborted();
  return judgeGit(said?.stdout);
}

export function judgeGit(said: string | undefined): DoctorRow {
  const remedy = `Install git ${oldestGit.join(".")} or newer.`;
  const [, version, major, minor] = /(\d+)\.(\d+)[\d.]*/.exec(said ?? "")?.[0]?.match(/^((\d+)\.(\d+).*)$/) ?? [];
  if (version === undefined) return failed("git", "was not found.", remedy);
  const isNew = Number(major) > oldestGit[0] || (Number(major) === oldestGit[0] && Number(minor) >= oldestGit[1]);
  return isNew ? ok("git", version) : failed("git", `${version} is too old.`, remedy);
}

/** What an agent leaves for git to stumble over is searched for with it. */
export async function checkFind(signal: AbortSignal): Promise<DoctorRow> {
  const remedy = "Install findutils, and make sure that its find is the first on the PATH.";
  try {
    const isAble = await canSearch(import.meta.dirname, signal);
    return isAble ? ok("find", "searches") : failed("find", "does not take -mindepth, -iname and -print0.", remedy);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    return failed("find", "was not found.", remedy);
  }
}

/** Writes, because permissions alone do not tell about a full or a read-only disk. */
export async function checkHome(home: string): Promise<DoctorRow> {
  const probe = join(home, `.doctor-${process.pid}`);
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await writeFile(probe, "");
    await rm(probe);
    return ok("Home", home);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "failed";
    return failed(
      "Home",
      `${home} cannot be written (${reason}).`,
      "Make it writable for this user, or set CHARGEHAND_HOME.",
    );
  }
}

const gigabyte = 1024 ** 3;

/** Every job has worktrees and evidence of its own; a full disk ends them all. */
export async function checkDisk(home: string): Promise<DoctorRow> {
  const disk = await statfs(home).catch(() => undefined);
  if (disk === undefined) return warning("Disk", "could not be asked.", "Make sure that CHARGEHAND_HOME exists.");
  return judgeDisk(disk.bavail * disk.bsize);
}

export function judgeDisk(freeBytes: number): DoctorRow {
  const free = `${(freeBytes / gigabyte).toFixed(1)} GB free`;
  const remedy = "Free some space, or set CHARGEHAND_HOME to a larger disk.";
  if (freeBytes < gigabyte / 2) return failed("Disk", `${free}.`, remedy);
  return freeBytes < 5 * gigabyte ? warning("Disk", `${free}.`, remedy) : ok("Disk", free);
}
