import { spawn } from "node:child_process";
import { readFile, readlink, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { AppError } from "../core/error.ts";
import { searchPath } from "../platform/child-environment.ts";
import { listed } from "../platform/git.ts";

/**
 * The repositories below a folder at which git, which looks into every `.git` it meets, would wait or read without end: a
 * pipe in the place of its HEAD is enough. Paths from the folder, as in `src/x`.
 */
export async function trapsIn(folder: string, signal: AbortSignal): Promise<string[]> {
  const traps: string[] = [];
  for (const entry of await gitEntriesBelow(folder, signal)) {
    if (await isTrap(join(folder, entry))) traps.push(dirname(entry));
  }
  return traps;
}

/**
 * Has git look at a folder, unless there are traps in it: then git is stopped and the traps come back. To search first
 * would make every measurement of an honest worktree wait for it.
 */
export async function unlessTrapped<T>(
  folder: string,
  look: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<{ readonly seen: T } | { readonly traps: readonly string[] }> {
  const stopping = new AbortController();
  const seen = look(AbortSignal.any([signal, stopping.signal]));
  seen.catch(() => {}); // told below, or of no interest
  try {
    const traps = await trapsIn(folder, signal);
    return traps.length === 0 ? { seen: await seen } : { traps };
  } finally {
    stopping.abort();
  }
}

/** Whether a search in a folder that may be read goes well: not every `find` knows what it is asked for here. */
export async function canSearch(folder: string, signal: AbortSignal): Promise<boolean> {
  return (await search(folder, signal)).exitCode === 0;
}

/** Every `.git` but the folder's own. A folder that may not be read makes the search fail; git does not look in there either. */
async function gitEntriesBelow(folder: string, signal: AbortSignal): Promise<string[]> {
  const { output } = await search(folder, signal);
  return listed(output).map((path) => path.slice("./".length));
}

/** It reads folders only, so nothing in them can hold it up. */
function search(folder: string, signal: AbortSignal): Promise<{ exitCode: number | null; output: string }> {
  const args = [".", "-mindepth", "2", "-iname", ".git", "-prune", "-print0"];
  const { promise, resolve: done, reject } = Promise.withResolvers<{ exitCode: number | null; output: string }>();
  const env = { PATH: searchPath(process.env.PATH), LC_ALL: "C.UTF-8" };
  const child = spawn("find", args, { cwd: folder, env, stdio: ["ignore", "pipe", "ignore"], signal });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.once("error", (cause) => reject(signal.aborted ? signal.reason : noFind(cause)));
  child.once("close", (exitCode) => done({ exitCode, output: Buffer.concat(chunks).toString() }));
  return promise;
}

function noFind(cause: Error): AppError {
  const remedy = "Install findutils; without it nobody can tell which folders hold up git.";
  return new AppError("git-failed", `The program "find" could not be started.`, { cause, remedy });
}

/** What git opens to learn whether this is a repository and which commit it is at, in any of its versions. */
const opened = ["HEAD", "commondir", "config", "packed-refs"];

/** Git follows no more references to references; one more is harmless. */
const maxReferences = 6;

async function isTrap(entry: string): Promise<boolean> {
  const directory = await directoryOf(entry);
  if (directory === undefined) return false;
  if (!(await areBounded(opened.map((name) => join(directory, name))))) return true;
  const shared = resolve(directory, (await textOf(join(directory, "commondir"))).trim());
  if (!(await areBounded(opened.map((name) => join(shared, name))))) return true;
  let name = "HEAD";
  for (let step = 0; step < maxReferences; step++) {
    const places = [join(directory, name), join(shared, name)];
    if (!(await areBounded(places))) return true;
    const [next] = (await Promise.all(places.map(referenceIn))).filter((it) => it !== undefined);
    if (next === undefined) return false;
    name = next;
  }
  return false;
}

/** Where a `.git` leads: it is the directory, or a file that names it. Anything else git passes over unread. */
async function directoryOf(entry: string): Promise<string | undefined> {
  const stats = await stat(entry).catch(() => undefined);
  if (stats?.isDirectory()) return entry;
  if (!stats?.isFile() || stats.size > maxBoundedBytes) return undefined;
  const [, path] = /^gitdir: (.*?)\n*$/s.exec(await textOf(entry)) ?? [];
  return path === undefined ? undefined : resolve(dirname(entry), path);
}

/** `ref: refs/heads/main`, or an old-fashioned link that says so. */
async function referenceIn(path: string): Promise<string | undefined> {
  const link = await readlink(path).catch(() => "");
  if (link.startsWith("refs/")) return link;
  return /^ref:\s*(\S+)/.exec(await textOf(path))?.[1];
}

/** More than this no honest repository keeps in one of these files. */
const maxBoundedBytes = 64 * 1024 * 1024;

/** Whether each is absent, a folder or a file with an end. */
async function areBounded(paths: readonly string[]): Promise<boolean> {
  const all = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return all.every(
    (stats) => stats === undefined || stats.isDirectory() || (stats.isFile() && stats.size <= maxBoundedBytes),
  );
}

/** Only of what is bounded. */
function textOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
