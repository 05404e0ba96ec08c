import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { findProgram } from "../../src/platform/find-program.ts";
import { gitFailure } from "../../src/platform/git.ts";

const gitModule = join(import.meta.dirname, "../../src/platform/git.ts");

/** Has a repository and a commit on a disk, fills the disk to its last byte, and says how git then fails at this. */
const program = (args: readonly string[]) => `
const { writeFile, appendFile } = await import("node:fs/promises");
const { git } = await import(${JSON.stringify(gitModule)});
const { signal } = new AbortController();
const call = { cwd: process.argv[1] };
await git(["init", "--quiet", "."], call, signal);
await writeFile(call.cwd + "/file", "words\\n".repeat(3_000));
await git(["add", "."], call, signal);
await git(["commit", "--quiet", "--message", "first"], call, signal);
for (let length = 65_536; length >= 1; ) {
  await appendFile(call.cwd + "/filler", Buffer.alloc(length)).catch(() => { length = Math.floor(length / 4); });
}
await git(${JSON.stringify(args)}, { ...call, input: "new\\n" }, signal).catch((error) => {
  console.log(error.code + ": " + error.message);
});
`;

const writes = {
  "an object": ["hash-object", "-w", "--stdin"],
  "a ref": ["update-ref", "refs/chargehand/outgoing", "HEAD"],
  "an index": ["read-tree", "--index-output=.git/other", "HEAD"],
  "a file": ["checkout-index", "--all", "--force", "--prefix=copy/"],
};
const bubblewrap = findProgram(["bwrap"]);

test.skipIf(bubblewrap === undefined).for(Object.entries(writes))(
  "DU-07 a git that finds no room for %s fails by that, and not for good",
  async ([, args]) => {
    const disk = await mkdtemp(join(tmpdir(), "chargehand-disk-"));
    const size = `${1024 ** 2}`;
    const small = ["--unshare-user", "--dev-bind", "/", "/", "--size", size, "--tmpfs", disk, "--die-with-parent"];
    const node = [process.execPath, "--input-type=module", "--eval", program(args), disk];

    const { stdout } = await execa(bubblewrap ?? "", [...small, "--", ...node]);
    await rm(disk, { recursive: true });

    expect(stdout).toBe("disk-full: The disk is full. Make room on it: the job then goes on by itself.");
  },
);

const others = {
  "a permission":
    "error: insufficient permission for adding an object to repository database\nerror: unable to write tree",
  "a broken disk": "fatal: unable to write loose object file: Input/output error",
  "a disk for reading": "error: could not write config file config: Read-only file system",
  "no repository": "fatal: not a git repository",
};

test.for(Object.entries(others))("DU-07 a git that fails by %s fails for good", ([, stderr]) => {
  expect(gitFailure("write-tree", { exitCode: 128, stderr }).code).toBe("git-failed");
});
