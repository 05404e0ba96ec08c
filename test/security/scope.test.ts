import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startUnguardedJob, type UnguardedJob } from "./support/unguarded-job.ts";

const files = {
  "src/a.txt": "as it was\n",
  ".github/workflows/ci.yml": "as it was\n",
  "deep/in/scope.txt": "as it was\n",
  "deep/in/package.lock": "as it was\n",
  "notes/free.txt": "as it was\n",
  "notes/conversation.json": "as it was\n",
};

/** A job whose engine is a shell script, which each call of `engine` writes anew. */
async function withEngine(
  act: (job: UnguardedJob, engine: (script: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  await using job = await startUnguardedJob({
    files,
    project: { scope: { deny: [".github/**", "**/*.lock", "**/conversation.json"] } },
    settings: (folder) => ({ engines: { mine: { kind: "custom", command: [join(folder, "engine.sh")] } } }),
  });
  const program = join(job.folder, "engine.sh");
  await act(job, async (script) => {
    await writeFile(program, `#!/bin/sh\n${script}\necho done\n`);
    await chmod(program, 0o755);
    return await job.run(["engine", "mine", "Do it"]);
  });
}

test("GT-08 an engine changes what is in scope, and finds the rest read-only while it runs", async () => {
  await withEngine(async (job, engine) => {
    const inside = (path: string) => readFile(join(job.workspace.worktreePath, path), "utf8");

    const answer = await engine(`
      echo new > src/a.txt; echo new > deep/in/scope.txt; echo new > src/b.txt
      echo new > .github/workflows/ci.yml; echo new > .github/workflows/own.yml; rm -rf .github; mv .github away
      echo new > deep/in/package.lock; rm -f deep/in/package.lock; echo new > x && mv x deep/in/package.lock`);

    expect(answer).toContain("files in the worktree changed");
    expect(await Promise.all(["src/a.txt", "deep/in/scope.txt", "src/b.txt"].map(inside))).toEqual(
      Array(3).fill("new\n"),
    );
    expect(await inside(".github/workflows/ci.yml")).toBe("as it was\n");
    expect(await inside("deep/in/package.lock")).toBe("as it was\n");
    await expect(inside(".github/workflows/own.yml")).rejects.toThrow("ENOENT");
  });
});

test("GT-08 only engines: the orchestrator's own commands may merge and restore what is out of scope", async () => {
  await withEngine(async (job) => {
    expect(await job.shell("echo new > deep/in/package.lock && git restore deep/in/package.lock")).toBe("exit code 0");
  });
});

test("GT-08 RC-06 a link in the place of a folder with locked files shows the next engine nothing from outside", async () => {
  await withEngine(async (job, engine) => {
    const { conversation } = job.workspace.files;
    await writeFile(conversation, "the orchestrator's words\n");

    await engine(`mv notes old; ln -s ../../home/jobs/aaaa1111 notes`);
    const answer = await engine(`cat notes/conversation.json ${conversation}`);

    expect(answer).toContain("mine came to its end");
    expect(answer).not.toContain("the orchestrator's words");
  });
});
