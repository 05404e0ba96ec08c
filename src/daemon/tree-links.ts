import { dirname } from "node:path";
import { type GitCall, git } from "../platform/git.ts";
import { entriesOf } from "./tree-entries.ts";

/** The links of a tree: path and target. */
export type Links = ReadonlyMap<string, string>;

/** Every link of a tree, with where it points. */
export async function linksOf(tree: string, repository: GitCall, signal: AbortSignal): Promise<Links> {
  const links = new Map<string, string>();
  for (const { mode, object, path } of await entriesOf(tree, repository, signal)) {
    if (mode === "120000") links.set(path, await git(["cat-file", "blob", object], repository, signal));
  }
  return links;
}

/** A chain of links that is longer is a circle, or meant to look like none. */
const maxSteps = 64;

/**
 * Whether following a link ends outside the tree or in a `.git`. Each part is followed as the system would: a link on the
 * way may lead upwards, so what the path looks like says nothing.
 */
export function leavesTree(path: string, links: Links): boolean {
  const place = dirname(path)
    .split("/")
    .filter((part) => part !== ".");
  const ahead = partsOf(links.get(path) ?? "");
  for (let steps = 0; ahead.length > 0; ) {
    const part = ahead.shift() ?? "";
    if (part === "/" || part.toLowerCase() === ".git") return true;
    if (part === "..") {
      if (place.pop() === undefined) return true;
      continue;
    }
    place.push(part);
    const target = links.get(place.join("/"));
    if (target === undefined) continue;
    if (++steps > maxSteps) return true;
    place.pop();
    ahead.unshift(...partsOf(target));
  }
  return false;
}

function partsOf(target: string): string[] {
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  return target.startsWith("/") ? ["/", ...parts] : parts;
}
