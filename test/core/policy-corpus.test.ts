import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { decide } from "../../src/core/policy/decide.ts";

const Row = z.object({
  id: z.string(),
  worktree: z.string(),
  command: z.string(),
  expect: z.enum(["allow", "ask", "deny"]),
  class: z.string(),
  why: z.string(),
});

const rows = readFileSync(join(import.meta.dirname, "../fixtures/policy-corpus.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => Row.parse(JSON.parse(line)));

const worktrees = {
  main: { kind: "main" },
  "task-1": { kind: "task" },
  "task-2": { kind: "task" },
  "feature-login": { kind: "task" },
  "fix-123": { kind: "task" },
} as const;

describe("RC-02 RC-03 RC-04 the corpus is judged as it expects", () => {
  test.each([...Map.groupBy(rows, (row) => row.class)])("%s", (_, ofClass) => {
    const wrong = ofClass.flatMap(({ id, worktree, command, expect: expected, why }) => {
      const { verdict, rule, reason } = decide({ worktree, command, worktrees, sandboxed: true });
      return verdict === expected ? [] : [{ id, command, expected, verdict, rule, reason, why }];
    });

    expect(wrong).toEqual([]);
  });

  test("without a sandbox what runs code asks, or is denied where an approval could not show it", () => {
    const runsCode = /^legit-(npm|yarn-pnpm|pytest|node|agent-prompt)$/;
    const stillAllowed = rows
      .filter((row) => row.expect === "allow" && runsCode.test(row.class))
      .filter((row) => decide({ ...row, worktrees, sandboxed: false }).verdict === "allow");

    expect(stillAllowed).toEqual([]);
  });

  test("without a sandbox what runs no code is judged as before", () => {
    const changed = rows
      .filter((row) => /^(legit-git|legit-fs|ask-)/.test(row.class))
      .filter((row) => decide({ ...row, worktrees, sandboxed: false }).verdict !== row.expect);

    expect(changed).toEqual([]);
  });

  test("RC-12 every denial names its rule, its reason and another way", () => {
    const silent = rows
      .map((row) => ({ row, decision: decide({ ...row, worktrees, sandboxed: true }) }))
      .filter(({ decision }) => decision.verdict !== "allow")
      .filter(({ decision }) => decision.rule === "X1" || decision.reason === "" || decision.advice === "");

    expect(silent).toEqual([]);
  });
});
