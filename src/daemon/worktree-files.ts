import { constants } from "node:fs";
import { access, lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type GitCall, gitFailure, tryGit } from "../platform/git.ts";

/** A file that is larger is no source: hashing, diffing and checking it out would only take time. */
const maxFileBytes = 50 * 1024 * 1024;

export interface SortedFiles {
  readonly takeable: readonly string[];
  /** Behind a folder that became a link: whatever the link leads to, the path itself is gone. */
  readonly gone: readonly string[];
  /** What cannot be taken, a sentence each. */
  readonly refusals: readonly string[];
}

/** Looks at what each path is before git does: a pipe, a socket or a file without end must not reach it. */
export async function sortFiles(worktree: string, paths: readonly string[]): Promise<SortedFiles> {
  const takeable: string[] = [];
  const gone: string[] = [];
  const refusals: string[] = [];
  const folders = new Map<string, Promise<boolean>>();
  for (const path of paths) {
    if (await isBehindLink(worktree, dirname(path), folders)) {
      gone.push(path);
      continue;
    }
    const flaw = await flawOf(worktree, path);
    if (flaw === undefined) takeable.push(path);
    else refusals.push(`${shownPath(path)} ${flaw}`);
  }
  return { takeable, gone, refusals };
}

function isBehindLink(worktree: string, folder: string, known: Map<string, Promise<boolean>>): Promise<boolean> {
  if (folder === ".") return Promise.resolve(false);
  const answer =
    known.get(folder) ??
    isBehindLink(worktree, dirname(folder), known).then(async (isBehind) => {
      if (isBehind) return true;
      const stats = await lstat(join(worktree, folder)).catch(() => undefined);
      return stats?.isSymbolicLink() ?? false;
    });
  known.set(folder, answer);
  return answer;
}

async function flawOf(worktree: string, path: string): Promise<string | undefined> {
  if (path.includes("\uFFFD")) return "has a name that is no valid UTF-8; it is not taken.";
  if (path.endsWith("/")) return "is a repository of its own; nested repositories are not taken.";
  try {
    const stats = await lstat(join(worktree, path));
    if (stats.isSymbolicLink() || stats.isDirectory()) return undefined;
    if (!stats.isFile()) return "is neither a file nor a link; pipes, sockets and devices are not taken.";
    if (stats.size > maxFileBytes)
      return `is ${Math.round(stats.size / 1024 / 1024)} MB; above 50 MB nothing is taken.`;
    await access(join(worktree, path), constants.R_OK);
    return undefined;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    // It is gone: that is a deletion.
    return code === "ENOENT" || code === "ENOTDIR" ? undefined : `cannot be read (${code}).`;
  }
}

/** Puts paths into the index as they are on disk. What git passes over comes back, a sentence each. */
export async function stageFiles(
  { takeable, gone }: SortedFiles,
  call: GitCall,
  signal: AbortSignal,
): Promise<string[]> {
  const update = async (options: readonly string[], paths: readonly string[]) => {
    if (paths.length === 0) return "";
    const input = paths.map((path) => `${path}\0`).join("");
    const result = await tryGit(["update-index", "-z", ...options, "--stdin"], { ...call, input }, signal);
    if (result.exitCode === 0) return result.stderr;
    throw gitFailure("update-index", result);
  };
  await update(["--force-remove"], gone);
  const stderr = await update(["--add", "--remove", "--replace"], takeable);
  // It takes no `.git` in any disguise, says so, and goes on.
  const ignored = Array.from(stderr.matchAll(/^Ignoring path (.*)$/gm), ([, path = ""]) => path);
  return ignored.map((path) => `${shownPath(path)} has a name that git refuses; it is not taken.`);
}

const maxShownPath = 200;

/** A path as a person or a model may read it: on one line, and not without end. */
export function shownPath(path: string): string {
  const clipped = path.length > maxShownPath ? `${path.slice(0, maxShownPath)}…` : path;
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|^\s|\s$/u.test(clipped) ? JSON.stringify(clipped) : clipped;
}
