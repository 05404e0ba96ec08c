import { type FSWatcher, watch } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Tells when a branch moves, by the file git renames into its place; it may tell once too often. Where the system cannot
 * watch, or refs are kept in another way, it tells nothing: then whoever asks finds out by looking.
 */
export function watchBranch(gitDir: string, branch: string, onMove: () => void): Disposable {
  const ref = join(gitDir, "refs", "heads", branch);
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(dirname(ref), { persistent: false }, (_event, name) => {
      if (name === basename(ref)) onMove();
    });
    watcher.on("error", () => watcher?.close());
  } catch {
    // There is no such folder, or no watch left to have.
  }
  return { [Symbol.dispose]: () => watcher?.close() };
}
