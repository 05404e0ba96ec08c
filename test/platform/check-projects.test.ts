import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Config } from "../../src/core/config.ts";
import { checkProjects } from "../../src/platform/check-projects.ts";

let baseDir: string;

beforeEach(async () => {
  baseDir = await mkdtemp(join(tmpdir(), "chargehand-project-"));
});
afterEach(() => rm(baseDir, { recursive: true, force: true }));

test("a clone with a commit on its main branch is a project", async () => {
  await repository("main");

  expect(await problems()).toEqual([]);
});

test("a folder that does not exist is named", async () => {
  await rm(baseDir, { recursive: true });

  expect(await problems()).toEqual([
    `Project shop: the folder ${baseDir} does not exist. Create it, or correct baseDir.`,
  ]);
});

test("a folder without main/ says where the clone belongs", async () => {
  expect(await problems()).toEqual([expect.stringContaining(`Clone the repository to ${baseDir}/main.`)]);
});

test("a baseDir that is the clone itself says where to move it", async () => {
  await git(baseDir, "init", "--quiet");

  expect(await problems()).toEqual([
    `Project shop: ${baseDir} is the clone itself. Move it to ${baseDir}/main: jobs work beside it.`,
  ]);
});

test("WT-09 a main/ that is no git repository is refused", async () => {
  await mkdir(join(baseDir, "main"));

  expect(await problems()).toEqual([expect.stringContaining("is not a git repository")]);
});

test("a main/ inside another repository is refused", async () => {
  await git(baseDir, "init", "--quiet");
  await mkdir(join(baseDir, "main"));

  expect(await problems()).toEqual([expect.stringContaining("lies inside another repository")]);
});

test("a repository without a commit is refused", async () => {
  await mkdir(join(baseDir, "main"));
  await git(join(baseDir, "main"), "init", "--quiet", "--initial-branch=main");

  expect(await problems()).toEqual([expect.stringContaining("has no commit yet")]);
});

test("a missing main branch is named with the branches that are there", async () => {
  await repository("trunk");

  expect(await problems()).toEqual([
    expect.stringContaining('has no branch "main", but trunk. Set main to one of them in chargehand.yaml.'),
  ]);
});

test.each(["", "main/.git"])(
  "a folder that this user may not write is named: shop/%s",
  async (within) => {
    await repository("main");
    const folder = join(baseDir, within);
    await chmod(baseDir, 0o777);
    await chmod(join(baseDir, "main/.git"), 0o777);
    expect(await problemsOfSomebody()).toEqual([]);

    await chmod(folder, 0o555);
    const found = await problemsOfSomebody();
    await chmod(folder, 0o755);

    expect(found).toEqual([
      `Project shop: ${folder.replace(/\/$/, "")} is not this user's to write. Jobs work in it: change its owner with chown -R.`,
    ]);
  },
  30_000,
);

test("each project has its own sentence, with a code for programs", async () => {
  const config = Config.parse({ projects: { a: { baseDir: "/nowhere/a" }, b: { baseDir: "/nowhere/b" } } });

  const problems = await checkProjects(config, AbortSignal.timeout(20_000));

  for (const name of ["a", "b"]) {
    expect(problems.get(name)).toMatchObject({
      code: "project-unusable",
      message: expect.stringMatching(`^Project ${name}: `),
    });
  }
});

async function problems(): Promise<string[]> {
  const config = Config.parse({ projects: { shop: { baseDir } } });
  const found = await checkProjects(config, AbortSignal.timeout(20_000));
  return Array.from(found.values(), ({ message }) => message);
}

/** The same in the eyes of somebody who is not root, who may write anywhere. */
async function problemsOfSomebody(): Promise<string[]> {
  const script = `
    import { checkProjects } from ${JSON.stringify(join(import.meta.dirname, "../../src/platform/check-projects.ts"))};
    const projects = { shop: { baseDir: ${JSON.stringify(baseDir)}, main: "main" } };
    const found = await checkProjects({ projects }, AbortSignal.timeout(20_000));
    console.log(JSON.stringify(Array.from(found.values(), ({ message }) => message)));`;
  const somebody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const args = ["--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { ...somebody, cwd: "/" });
  return JSON.parse(stdout);
}

async function repository(branch: string): Promise<void> {
  const main = join(baseDir, "main");
  await mkdir(main);
  await git(main, "init", "--quiet", `--initial-branch=${branch}`);
  await writeFile(join(main, "README.md"), "# Shop\n");
  await git(main, "add", ".");
  await git(main, "-c", "user.name=Ann", "-c", "user.email=ann@example.org", "commit", "--quiet", "-m", "First");
}

async function git(cwd: string, ...args: string[]): Promise<void> {
  await promisify(execFile)("git", args, { cwd });
}
