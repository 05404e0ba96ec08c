import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { findProgram } from "../../src/platform/find-program.ts";

const gitModule = join(import.meta.dirname, "../../src/platform/git.ts");

/** Stores what does not compress in a repository, and says how that failed. */
const program = `
const { randomBytes } = await import("node:crypto");
const { git } = await import(${JSON.stringify(gitModule)});
const { signal } = new AbortController();
await git(["init", "--quiet", "--bare", "."], { cwd: process.argv[1] }, signal);
const input = randomBytes(2 * 1024 ** 2);
await git(["hash-object", "-w", "--stdin"], { cwd: process.argv[1], input }, signal).catch((error) => {
  console.log(error.code + ": " + error.message);
});
`;

const bubblewrap = findProgram(["bwrap"]);

test.skipIf(bubblewrap === undefined)(
  "DU-07 a git that finds no room on the disk fails by that, and not for good",
  async () => {
    const disk = await mkdtemp(join(tmpdir(), "chargehand-disk-"));
    const small = [
      "--unshare-user",
      "--dev-bind",
      "/",
      "/",
      "--size",
      `${1024 ** 2}`,
      "--tmpfs",
      disk,
      "--die-with-parent",
    ];
    const node = [process.execPath, "--input-type=module", "--eval", program, disk];

    const { stdout } = await execa(bubblewrap ?? "", [...small, "--", ...node]);
    await rm(disk, { recursive: true });

    expect(stdout).toBe("disk-full: The disk is full. Make room on it: the job then goes on by itself.");
  },
);
