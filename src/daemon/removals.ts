import { randomUUID } from "node:crypto";
import { chmod, mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { deleteTree } from "../platform/delete-tree.ts";

/**
 * Takes folders away: out of their place at once, by a rename into a bin on the same file system, and off the disk afterwards,
 * one at a time. Whoever disposes of this waits for the rest; what a crash left in a bin is swept at the next start.
 */
export class Removals implements AsyncDisposable {
  readonly #log: Pick<Logger, "warn"> | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(log?: Pick<Logger, "warn">) {
    this.#log = log;
  }

  /** When it settles nothing is at this path any more. Nothing being there is fine. */
  async take(path: string, bin: string): Promise<void> {
    const doomed = join(bin, randomUUID());
    if (await moveAway(path, doomed)) this.#delete(doomed);
  }

  /** Deletes what was left in a bin. */
  async sweep(bin: string): Promise<void> {
    for (const name of await readdir(bin).catch(() => [])) this.#delete(join(bin, name));
  }

  /** Waits until everything taken so far is off the disk. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.settled();
  }

  #delete(path: string): void {
    this.#last = this.#last
      .then(() => deleteTree(path))
      .catch((err: unknown) => this.#log?.warn({ err, path }, "a removed folder could not be deleted"));
  }
}

/** False when there was nothing. */
async function moveAway(path: string, target: string): Promise<boolean> {
  try {
    await rename(path, target);
    return true;
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case "ENOENT":
        return (await makeBin(target)) && moveAway(path, target);
      // A folder that is moved gets another `..`, which needs leave to write in it.
      case "EACCES":
        await chmod(path, 0o700);
        await rename(path, target);
        return true;
      default:
        throw error;
    }
  }
}

/** True when the bin was missing: then that may have been the reason. */
async function makeBin(target: string): Promise<boolean> {
  return (await mkdir(join(target, ".."), { recursive: true, mode: 0o700 })) !== undefined;
}
