import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { findProgram } from "../../src/platform/find-program.ts";

const bubblewrap = findProgram(["bwrap"]);

/** Runs a module that is given the addresses of ours, with all its temporary files on a disk of so many MiB. */
async function onSmallDisk(module: string, sizeMiB: number): Promise<string> {
  const disk = await mkdtemp(join(tmpdir(), "chargehand-disk-"));
  const small = ["--unshare-user", "--dev-bind", "/", "/", "--size", String(sizeMiB * 1024 ** 2), "--tmpfs", disk];
  const node = [process.execPath, "--input-type=module", "--eval", module, join(import.meta.dirname, "../..")];
  try {
    const options = { env: { TMPDIR: disk } };
    return (await execa(bubblewrap ?? "", [...small, "--die-with-parent", "--", ...node], options)).stdout;
  } finally {
    await rm(disk, { recursive: true });
  }
}

const mergeThatFindsNoRoom = `
const [root] = process.argv.slice(1);
const { randomBytes } = await import("node:crypto");
const { rm, writeFile } = await import("node:fs/promises");
const { integrate, land } = await import(root + "/src/daemon/landing.ts");
const { gitIn, makeProject, never } = await import(root + "/test/support/project.ts");
const disk = process.env.TMPDIR;
const { project } = await makeProject(disk + "/shop", { "a.txt": "one\\n" });
const main = project.mainPath;
gitIn(main, "checkout", "--quiet", "-b", "work");
await writeFile(main + "/a.txt", "two\\n");
await writeFile(main + "/big", randomBytes(3 * 1024 ** 2));
gitIn(main, "add", ".");
gitIn(main, "commit", "--quiet", "--message", "work");
const accepted = gitIn(main, "rev-parse", "HEAD");
gitIn(main, "checkout", "--quiet", "main");
await writeFile(disk + "/filler", Buffer.alloc(10 * 1024 ** 2));
const tryToLand = async () => land(project, { accepted, integration: await integrate(project, accepted, never), message: "x" }, never);
const first = await tryToLand().catch((error) => error.code);
const status = gitIn(main, "status", "--porcelain");
await rm(disk + "/filler");
await tryToLand();
console.log(JSON.stringify({ first, status, merged: gitIn(main, "show", "main:a.txt") }));
`;

const testThatFindsNoRoom = `
const [root] = process.argv.slice(1);
const { openBench } = await import(root + "/test/support/laboratory.ts");
const { writeFiles } = await import(root + "/test/support/project.ts");
const { nameFailure } = await import(root + "/src/daemon/retry.ts");
const test = 'const { appendFileSync } = require("node:fs"); const { homedir } = require("node:os");' +
  'require("node:test")("writes", () => { for (let length = 65536; length >= 1; ) ' +
  'try { appendFileSync(homedir() + "/much", Buffer.alloc(length)); } catch (error) { length /= 4; if (length < 1) throw error; } });';
const settings = { checks: { test: [{ label: "unit", cmd: "node --test" }] } };
const bench = await openBench({ files: { "write.test.js": test }, settings });
const work = (worktree) => writeFiles(worktree, { "note.md": "A note." });
console.log(await bench.measureAfter(work).then(({ verdict }) => verdict, (error) => nameFailure(error).code));
`;

test.skipIf(bubblewrap === undefined)(
  "DU-07 LD-04 a merge whose files would not find room on the disk touches nothing, and goes on once they do",
  async () => {
    const answer = await onSmallDisk(mergeThatFindsNoRoom, 16);

    expect(JSON.parse(answer)).toEqual({ first: "disk-full", status: "", merged: "two" });
  },
);

test.skipIf(bubblewrap === undefined)(
  "DU-07 GT-17 a check that is red on a full disk says nothing about the work",
  async () => {
    expect(await onSmallDisk(testThatFindsNoRoom, 16)).toBe("disk-full");
  },
);
