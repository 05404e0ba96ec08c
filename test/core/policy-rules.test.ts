import { describe, expect, test } from "vitest";
import { decide } from "../../src/core/policy/decide.ts";
import { checkRules, PolicyRules } from "../../src/core/policy/operator-rules.ts";

const worktrees = { main: { kind: "main" }, "task-1": { kind: "task" } } as const;
const judge = (rules: PolicyRules, command: string, { worktree = "task-1", sandboxed = true } = {}) =>
  decide({ worktree, command, worktrees, sandboxed, rules });

describe("the operator adds programs", () => {
  const rules: PolicyRules = { "make test": "allow", "cargo test": "allow", "cargo publish": "ask", go: "ask" };

  test.each([
    ["make test", "allow"],
    ["make test VERBOSE=1", "allow"],
    ["make", "deny"],
    ["make install", "deny"],
    ["make testing", "deny"],
    ["cargo test -- --nocapture", "allow"],
    ["cargo publish", "ask"],
    ["cargo build", "deny"],
    ["go build ./...", "ask"],
    ["Make test", "deny"],
  ])("%s: %s", (command, verdict) => {
    expect(judge(rules, command).verdict).toBe(verdict);
  });

  test.each([
    "make test -f ../Makefile",
    "make test -C..",
    "make test -C=/tmp",
    "make test ROOT=../main",
    "make test .env",
    "cargo test --manifest-path=/x",
  ])("their arguments stay inside the worktree: %s", (command) => {
    expect(judge(rules, command).verdict).toBe("deny");
  });

  test("they stay out of main, and ask where there is no sandbox", () => {
    expect(judge(rules, "make test", { worktree: "main" })).toMatchObject({ verdict: "deny", rule: "G7" });
    expect(judge(rules, "make test", { sandboxed: false })).toMatchObject({ verdict: "ask", rule: "S1" });
  });

  test("the rule with the most words wins", () => {
    const both: PolicyRules = { make: "ask", "make deploy": "deny", "make test": "allow" };

    expect(judge(both, "make lint").verdict).toBe("ask");
    expect(judge(both, "make deploy").verdict).toBe("deny");
    expect(judge(both, "make test").verdict).toBe("allow");
  });
});

describe("the operator makes asking into allowing, and anything stricter", () => {
  test.each<[PolicyRules, string, string]>([
    [{ "npm install": "allow" }, "npm install", "allow"],
    [{ "npm install": "allow" }, "npm i left-pad", "allow"],
    [{ "npm install": "allow" }, "npm update", "ask"],
    [{ "git clean -fd": "allow" }, "git clean -fd", "allow"],
    [{ "git clean -fd": "allow" }, "git clean -fdx", "ask"],
    [{ "git fetch": "allow" }, "git fetch evil", "deny"],
    [{ "git merge": "deny" }, "git merge main", "deny"],
    [{ "git merge": "deny" }, "git -P merge main", "deny"],
    [{ "git commit --allow-empty": "deny" }, "git commit -m x --allow-empty", "deny"],
    [{ "npm run deploy": "deny" }, "npm -s run-script -s deploy", "deny"],
    [{ "npm run deploy": "ask" }, "npm run -w packages/a deploy", "ask"],
    [{ "npm test": "ask" }, "npm t", "ask"],
    [{ npm: "deny" }, "npm test", "deny"],
  ])("%j: %s is %s", (rules, command, verdict) => {
    expect(judge(rules, command).verdict).toBe(verdict);
  });

  test("without a sandbox no rule lets code run unasked", () => {
    expect(judge({ "npm install": "allow" }, "npm install", { sandboxed: false }).verdict).toBe("ask");
  });
});

describe("RC-03 no rule loosens what is denied", () => {
  const hopeless: readonly string[] = [
    "git push",
    "git push origin",
    "git rebase",
    "git remote add",
    "git filter-branch",
    "git update-ref",
    "git -c",
    "git reset --har",
    "git branch -D main",
    "git rm -f",
    "npm exec",
    "npm publish",
    "npx tsc",
    "yarn dlx",
    "codex exec --yolo",
    "claude -p --dangerously-skip-permissions",
    "bash -c",
    "sh",
    "env",
    "sudo make",
    "xargs",
    "curl",
    "rm -rf",
    "docker run",
    "gh pr",
    "python",
    "python3 -c",
    "python3.12",
    "perl -e",
    "deno",
    "/usr/bin/make",
    "./gradlew",
    "VAR=1",
    "make | tee",
    "make *",
    "",
  ];

  test.each(hopeless)("%j: allow and %j: ask are refused with the configuration", (text) => {
    expect(checkRules({ [text]: "allow" })).toHaveLength(1);
    expect(checkRules({ [text]: "ask" })).toHaveLength(1);
    expect(PolicyRules.safeParse({ [text]: "allow" }).success).toBe(false);
  });

  test.each(["git push", "git rebase main", "git remote add x y", "git config user.name x", "bash -c x", "npx tsc"])(
    "and even if they were there, %s stays denied",
    (command) => {
      const words = command.split(" ");
      const rules = Object.fromEntries(
        words.map((_, index) => [words.slice(0, index + 1).join(" "), "allow" as const]),
      );

      expect(judge(rules, command).verdict).toBe("deny");
    },
  );

  test("a refused rule says why", () => {
    expect(checkRules({ "git push": "allow", "make test": "allow", "bash -c": "ask" })).toEqual([
      'The rule "git push" cannot hold: git "push" is not listed. (G1). No rule loosens what is denied.',
      'The rule "bash -c" cannot hold: bash is a shell. Such programs stay denied.',
    ]);
  });

  test.each<PolicyRules>([
    { "make test": "allow", "cargo test": "allow", go: "ask" },
    { "python -m pytest": "allow", "python3 manage.py": "ask" },
    { "git commit": "ask", "git clean -fd": "allow", "git push": "deny", "git stash drop": "allow", git: "ask" },
    { "npm install": "allow", "npm run deploy": "deny", npm: "ask" },
    { "codex exec": "ask", "claude -p": "ask", "opencode run": "ask", "engine helper": "ask" },
    { bash: "deny" },
    {},
  ])("%j is fine", (rules) => {
    expect(checkRules(rules)).toEqual([]);
    expect(PolicyRules.parse(rules)).toEqual(rules);
  });
});
