import { relative, sep } from "node:path";

/** Whether a path is a folder or lies somewhere in it. It is read as it is written: links are the caller's to follow. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`);
}
