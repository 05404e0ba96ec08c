import { dirname } from "node:path";
import type { GitCall } from "../platform/git.ts";
import { filesNamed } from "./ignore-rules.ts";
import type { TreeEntry } from "./tree-entries.ts";

/**
 * The attributes of one commit as the text of `info/attributes`, which git puts before every `.gitattributes`. The first
 * line takes back what an agent's files might say; gitattributes(5) has the syntax. What is hashed and checked out is
 * then decided by the base alone: no new line ending, `ident`, encoding or filter changes a byte.
 */
export async function attributesIn(
  entries: readonly TreeEntry[],
  repository: GitCall,
  signal: AbortSignal,
): Promise<string> {
  const files = await filesNamed(".gitattributes", entries, repository, signal);
  return [neutral, ...files.map(({ path, text }) => attributesFromTop(text, dirname(path)))].join("");
}

/** The built-in macro too, which a file at the top could redefine. */
const neutral = `[attr]binary -diff -merge -text
* !text !crlf !eol !ident !filter !working-tree-encoding !whitespace !export-ignore !export-subst !merge !diff
`;

/** Rewrites one attribute file's patterns so that they mean the same when read from the top folder. */
export function attributesFromTop(text: string, folder: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  if (folder === ".") return lines.map((line) => `${line}\n`).join("");
  return lines
    .filter((line) => !line.startsWith("[attr]"))
    .map((line) => `${underFolder(line.trimStart(), folder)}\n`)
    .join("");
}

function underFolder(line: string, folder: string): string {
  const [, quoted, plain, attributes = ""] = /^(?:"((?:[^"\\]|\\.)*)"|(\S+))(.*)$/.exec(line) ?? [];
  const pattern = quoted ?? escapedForQuotes(plain ?? "");
  const inside = pattern.includes("/") ? pattern.replace(/^\//, "") : `**/${pattern}`;
  const top = escapedForQuotes(folder.replace(/[\\*?[\]]/g, "\\$&"));
  return `"/${top}/${inside}"${attributes}`;
}

function escapedForQuotes(text: string): string {
  return text.replace(/["\\]/g, "\\$&");
}
