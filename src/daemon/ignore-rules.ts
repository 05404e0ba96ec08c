import { basename, dirname } from "node:path";
import { type GitCall, git } from "../platform/git.ts";
import type { TreeEntry } from "./tree-entries.ts";

/**
 * The ignore rules of one commit, nested files included, as the text of a single exclude file. An agent may rewrite
 * any `.gitignore` it can reach; what counts as ignored is what counted before it came (gitignore(5) has the syntax).
 */
export async function ignoreRulesIn(
  entries: readonly TreeEntry[],
  repository: GitCall,
  signal: AbortSignal,
): Promise<string> {
  const files = await filesNamed(".gitignore", entries, repository, signal);
  return files.map(({ path, text }) => anchored(text, dirname(path))).join("");
}

/** Every file of this name in a commit, outer folders first. */
export async function filesNamed(
  name: string,
  entries: readonly TreeEntry[],
  repository: GitCall,
  signal: AbortSignal,
): Promise<{ path: string; text: string }[]> {
  const named = entries.filter(({ mode, path }) => mode.startsWith("100") && basename(path) === name);
  const outerFirst = named.toSorted((one, other) => depth(one.path) - depth(other.path));
  return Promise.all(
    outerFirst.map(async ({ path, object }) => ({
      path,
      // Git passes over the mark with which some editors begin a file.
      text: (await git(["cat-file", "blob", object], repository, signal)).replace(/^\uFEFF/, ""),
    })),
  );
}

function depth(path: string): number {
  return path.split("/").length;
}

/** Rewrites one ignore file's patterns so that they mean the same when read from the top folder. */
export function anchored(text: string, folder: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return lines.map((line) => `${folder === "." ? line : underFolder(line, folder)}\n`).join("");
}

function underFolder(line: string, folder: string): string {
  const negated = line.startsWith("!");
  const pattern = negated ? line.slice(1) : line;
  const isAnchored = pattern.replace(/\/\s*$/, "").includes("/");
  const inside = isAnchored ? pattern.replace(/^\//, "") : `**/${pattern}`;
  return `${negated ? "!" : ""}/${escaped(folder)}/${inside}`;
}

/** A folder's own name is no pattern, even when it looks like one. */
function escaped(folder: string): string {
  return folder.replace(/[\\*?[\]]/g, "\\$&");
}
