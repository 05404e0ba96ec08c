import { spawn } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../../src/platform/find-program.ts";

/** Where the small disk is, for the program that runs with one. */
export const diskVariable = "CHAOS_DISK";

const sizeBytes = 256 * 1024 ** 2;

/**
 * Runs this program anew with a disk of its own, of a size that can be filled: a tmpfs that bubblewrap mounts in a
 * namespace, so that nobody needs to be root and no other program sees it. Answers with its exit code, or nothing where
 * there is no bubblewrap that can do it.
 */
export async function againWithSmallDisk(): Promise<number | undefined> {
  const bubblewrap = findProgram(["bwrap"]);
  if (bubblewrap === undefined) return undefined;
  const path = await mkdtemp(join(tmpdir(), "chargehand-disk-"));
  try {
    const namespace = ["--unshare-user", "--dev-bind", "/", "/", "--size", String(sizeBytes), "--tmpfs", path];
    const isPossible = (await run(bubblewrap, [...namespace, "--", "true"], "ignore")) === 0;
    if (!isPossible) return undefined;
    const own = [process.execPath, ...process.argv.slice(1)];
    return await run(
      bubblewrap,
      [...namespace, "--setenv", diskVariable, path, "--die-with-parent", "--", ...own],
      "inherit",
    );
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[], stdio: "ignore" | "inherit"): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const child = spawn(program, args, { stdio });
  child.once("error", () => resolve(1));
  child.once("close", (code) => resolve(code ?? 1));
  return promise;
}

/** A disk that can be filled to its last byte, and emptied again. */
export class SmallDisk {
  readonly path: string;
  readonly #filler: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.path = path;
    this.#filler = join(path, "filler");
  }

  /** Takes all the room there is, for so long. */
  async fill(forMs: number): Promise<void> {
    const file = await open(this.#filler, "w");
    const chunk = Buffer.alloc(1024 ** 2);
    try {
      // Smaller and smaller pieces, until not even a byte finds room.
      for (let length = chunk.length; length >= 1; ) {
        await file.write(chunk, 0, length).catch(() => {
          length = Math.floor(length / 16);
        });
      }
    } finally {
      await file.close();
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.empty(), forMs);
  }

  async empty(): Promise<void> {
    clearTimeout(this.#timer);
    await rm(this.#filler, { force: true });
  }
}
