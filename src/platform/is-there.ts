import { lstatSync } from "node:fs";
import { lstat } from "node:fs/promises";

/** Whether something has this path, be it a link that leads nowhere. What we may not look at is not there for us. */
export function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** The same for what is read before anything else can be at work. */
export function isThereSync(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
