import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Argv, parseCommand } from "../../src/core/command.ts";
import { decide } from "../../src/core/policy/decide.ts";
import { gitEnvironment, harden } from "../../src/core/policy/harden.ts";

const argvOf = (text: string): Argv => {
  const parsed = parseCommand(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.argv;
};
const hardened = (text: string) => harden(argvOf(text)).join(" ");

describe("a command starts with the doors shut that its words leave open", () => {
  test.each([
    ["git log -p", "git log --no-ext-diff --no-textconv -p"],
    ["git -P diff -- a", "git -P diff --no-ext-diff --no-textconv -- a"],
    ["git stash list -p", "git stash list --no-ext-diff --no-textconv -p"],
    ["git stash", "git stash"],
    ["git reflog show HEAD", "git reflog show --no-ext-diff --no-textconv HEAD"],
    ["git format-patch --stdout -1", "git format-patch --no-ext-diff --no-textconv --stdout -1"],
    ["git blame a", "git blame --no-textconv a"],
    ["git grep -n x", "git grep --no-textconv -n x"],
    ["git commit -v -m -- a -- b", "git commit -v -m -- a --no-verbose -- b"],
    ["git status", "git status"],
    ["npm test", "npm test"],
    ["git log --output=x", "git log --output=x"],
  ])("%s starts as %s", (text, started) => {
    expect(hardened(text)).toBe(started);
  });

  test.each([
    ["git checkout task/x", "git checkout task/x --"],
    ["git checkout -q --detach HEAD~1", "git checkout -q --detach HEAD~1 --"],
    ["git checkout HEAD src", "git checkout HEAD src"],
    ["git checkout -- src", "git checkout -- src"],
    ["git checkout ./src", "git checkout ./src"],
    ["git checkout -b task/x main", "git checkout -b task/x main"],
    ["git checkout --ours src/a.ts", "git checkout --ours src/a.ts"],
  ])("one word of checkout is a branch and never a file: %s starts as %s", (text, started) => {
    expect(hardened(text)).toBe(started);
  });
});

describe("a repository that plants programs", () => {
  const folder = mkdtempSync(join(tmpdir(), "chargehand-planted-"));
  const repository = join(folder, "task-1");
  const marker = join(folder, "marker");
  const evil = join(folder, "evil.sh");
  const run = (argv: readonly string[], env: Readonly<Record<string, string>>) =>
    spawnSync("git", argv.slice(1), { cwd: repository, env: { PATH: process.env.PATH ?? "", HOME: folder, ...env } });
  const git = (...words: string[]) => execFileSync("git", words, { cwd: repository, stdio: "pipe" });

  beforeAll(() => {
    execFileSync("git", ["init", "-q", "-b", "task/x", repository]);
    for (const [key, value] of Object.entries({ "user.name": "Ann", "user.email": "ann@example.org" }))
      git("config", key, value);
    for (const text of ["one", "two", "three"]) {
      writeFileSync(join(repository, "a.txt"), `${text}\n`);
      git("add", ".");
      git("commit", "-qm", text);
    }
    writeFileSync(join(repository, "a.txt"), "stashed\n");
    git("stash", "-q");
    writeFileSync(join(repository, "a.txt"), "changed\n");
    git("add", ".");
    plant();
  });
  beforeEach(() => rmSync(marker, { force: true }));
  afterAll(() => rmSync(folder, { recursive: true }));

  function plant(): void {
    writeFileSync(evil, `#!/bin/sh\ntouch '${marker}'\ncat "$1" 2>/dev/null\n`);
    chmodSync(evil, 0o755);
    writeFileSync(join(repository, ".git/info/attributes"), "*.txt diff=evil\n");
    const hooks = join(repository, ".git/hooks");
    mkdirSync(hooks, { recursive: true });
    for (const hook of ["pre-commit", "post-checkout", "reference-transaction", "post-index-change"]) {
      writeFileSync(join(hooks, hook), readFileSync(evil));
      chmodSync(join(hooks, hook), 0o755);
    }
    const keys = "diff.evil.textconv diff.evil.command diff.external core.fsmonitor core.pager core.editor gpg.program";
    for (const key of keys.split(" ")) git("-c", "core.fsmonitor=false", "config", key, evil);
    git("-c", "core.fsmonitor=false", "config", "log.showSignature", "true");
    git("-c", "core.fsmonitor=false", "config", "commit.gpgSign", "true");
    git("-c", "core.fsmonitor=false", "config", "alias.status", `!${evil}`);
  }

  test("would start them for a git that is not held", () => {
    run(["git", "diff", "--cached"], {});

    expect(existsSync(marker)).toBe(true);
  });

  test.each([
    "git status",
    "git diff",
    "git diff --cached",
    "git diff --stat HEAD~1",
    "git log -p",
    "git log -Stwo",
    "git log -L1,1:a.txt",
    "git show HEAD",
    "git show -s --format=%H",
    "git whatchanged -p",
    "git reflog -p",
    "git reflog show -p",
    "git diff-tree -p HEAD",
    "git diff-index -p HEAD",
    "git diff-files -p",
    "git stash list -p",
    "git stash show -p",
    "git format-patch --stdout -1",
    "git blame a.txt",
    "git grep -n changed",
    "git shortlog HEAD",
    "git describe --always --dirty",
    "git commit -v --dry-run",
    "git cat-file -p HEAD:a.txt",
    "git ls-files -m",
    "git branch task/y",
    "git checkout -b task/z",
    "git commit -qm four",
    "git merge --no-ff HEAD~1",
    "git stash push",
  ])("starts none of them for %s", (text) => {
    const { verdict, argv } = decide({
      worktree: "task-1",
      command: text,
      worktrees: { "task-1": { kind: "task" } },
      sandboxed: true,
    });
    expect(verdict).toBe("allow");

    const { status, stderr } = run(harden(argv ?? ["git"]), gitEnvironment);

    expect({ status, stderr: String(stderr) }).toMatchObject({ status: 0 });
    expect(existsSync(marker)).toBe(false);
  });

  test("a checkout of a file by its bare name changes nothing", () => {
    writeFileSync(join(repository, "a.txt"), "precious\n");

    const { status } = run(harden(["git", "checkout", "a.txt"]), gitEnvironment);

    expect(status).not.toBe(0);
    expect(readFileSync(join(repository, "a.txt"), "utf8")).toBe("precious\n");
  });
});
