import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gitIn, makeProject, temporaryFolder } from "../support/project.ts";
import { type Outside, startOutside } from "./support/outside.ts";
import { startUnguardedJob, type UnguardedJob } from "./support/unguarded-job.ts";
import { makeCanary, waysOut } from "./support/ways-out.ts";

describe("what these attacks do where nothing is in their way: a commit leaves by", () => {
  const scope = new AsyncDisposableStack();
  let outside: Outside;
  let clone: string;

  beforeAll(async () => {
    const { path } = scope.use(await temporaryFolder());
    const { project } = await makeProject(join(path, "shop"), { "a.txt": "one\n" });
    outside = scope.use(await startOutside(project.mainPath));
    clone = join(path, "clone");
    gitIn(path, "clone", "--quiet", outside.origin, clone);
    await runInShell(makeCanary, clone);
  });
  afterAll(() => scope.disposeAsync());

  test.each(waysOut)("$title", async ({ script }) => {
    const before = outside.arrivals().length;

    const output = await runInShell(script(outside), clone);

    await expect.poll(() => outside.arrivals().length, { timeout: 10_000, message: output }).toBeGreaterThan(before);
  });
});

describe("RC-05 with the policy switched off, a commit does not leave a job by", () => {
  const scope = new AsyncDisposableStack();
  let outside: Outside;
  let job: UnguardedJob;

  beforeAll(async () => {
    job = scope.use(
      await startUnguardedJob({
        prepare: async (main) => {
          outside = scope.use(await startOutside(main));
        },
        settings: (folder) => ({ engines: { mine: { kind: "custom", command: ["sh", join(folder, "engine.sh")] } } }),
        variables: { GITHUB_TOKEN: "ghp_0123456789abcdefghijklmnopqrstuvwxyz", SSH_AUTH_SOCK: "/run/agent" },
      }),
    );
    await job.shell(makeCanary);
  });
  afterAll(() => scope.disposeAsync());

  test.each(waysOut)("$title", async ({ script }) => {
    const answer = await job.shell(script(outside));

    expect(answer).toMatch(/^exit code \d/);
    expect(outside.arrivals()).toEqual([]);
  });

  test("a push of the orchestrator", async () => {
    expect(await job.run(["git", "push", "origin", "HEAD:refs/heads/plain"])).toContain("exit code 128");
    expect(outside.arrivals()).toEqual([]);
  });

  test("a coding engine that tries them all, as a program with a network of its own would", async () => {
    const attempts = waysOut.map(({ script }) => `(${script(outside)}\n) </dev/null`);
    await writeFile(join(job.folder, "engine.sh"), [...attempts, "echo tried all"].join("\n"));

    const answer = await job.run(["engine", "mine", "Push it"]);

    expect(answer).toContain("tried all");
    expect(outside.arrivals()).toEqual([]);
  });
});

/** As a person would, on this machine and outside of every sandbox. */
async function runInShell(script: string, cwd: string): Promise<string> {
  const home = join(cwd, "..", "clone-home");
  await mkdir(home, { recursive: true });
  return await new Promise((resolve) => {
    const env = { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: "1", GIT_TERMINAL_PROMPT: "0" };
    execFile("sh", ["-c", script], { cwd, env, timeout: 30_000 }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}
