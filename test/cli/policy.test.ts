import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkJsonl, explain } from "../../src/cli/policy.ts";

const folder = mkdtempSync(join(tmpdir(), "chargehand-policy-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function check(content: string | Uint8Array) {
  const path = join(folder, "commands.jsonl");
  writeFileSync(path, content);
  const lines: unknown[] = [];
  const exitCode = await checkJsonl(path, (line) => lines.push(JSON.parse(line)));
  return { exitCode, lines };
}

describe("RC-02 the policy explains itself at the terminal", () => {
  test("a denied command is told with its rule, its reason and another way", () => {
    expect(explain("task-1", "git push origin")).toBe(
      [
        "deny by rule G1",
        "command:  git push origin",
        "worktree: task-1",
        'reason:   git "push" is not listed.',
        "instead:  Commit on the task's branch: Chargehand lands it when a person says so.",
      ].join("\n"),
    );
  });

  test("an allowed command needs no other way", () => {
    expect(explain("main", "git log")).toBe(
      "allow by rule G4\ncommand:  git log\nworktree: main\nreason:   It only reads.",
    );
  });

  test("nothing hostile reaches the terminal", () => {
    expect(explain("\u001b[2J\u202e", "\u001b]0;x\u0007\ud800")).toMatch(/^[ -~\n]*$/);
  });
});

describe("RC-02 a file of commands is judged line by line", () => {
  test("each line has its answer, in order", async () => {
    const rows = [
      { id: "a", worktree: "task-1", command: "git status", expect: "allow" },
      { id: 2, worktree: "main", command: "git reset --hard" },
      { id: "c", worktree: "task-1", command: "git reset --hard" },
    ];

    expect(await check(rows.map((row) => `${JSON.stringify(row)}\n`).join("\n"))).toEqual({
      exitCode: 0,
      lines: [
        { id: "a", decision: "allow", rule: "G4" },
        { id: 2, decision: "deny", rule: "G6" },
        { id: "c", decision: "ask", rule: "G5" },
      ],
    });
  });

  test("hostile commands are judged, not feared", async () => {
    const commands = ["\u0000", "\ud800", "git log\u2028x", "git\rpush", '"', "__proto__", "x".repeat(100_000)];
    const rows = commands.map((command, id) => JSON.stringify({ id, worktree: "task-1", command }));
    rows.push('{"id":"raw","worktree":"__proto__","command":"git commit -m \'\u2028\u2029\'"}');

    const { exitCode, lines } = await check(rows.join("\n"));

    expect(exitCode).toBe(0);
    expect(lines).toHaveLength(rows.length);
    expect(lines.every((line) => (line as { decision: string }).decision === "deny")).toBe(true);
  });

  test("a line that is no such JSON is reported and the others are judged", async () => {
    const good = '{"id":1,"worktree":"task-1","command":"ls"}';
    const bad = [
      "{",
      "null",
      "[]",
      '{"id":1}',
      '{"id":1,"worktree":2,"command":"ls"}',
      '{"id":{},"worktree":"","command":""}',
    ];

    const { exitCode, lines } = await check([...bad, good].join("\n"));

    expect(exitCode).toBe(2);
    expect(lines).toEqual([
      ...bad.map((_, index) => ({ line: index + 1, error: "It is no JSON object with id, worktree and command." })),
      { id: 1, decision: "allow", rule: "F1" },
    ]);
  });

  test("bytes that are no text do no harm", async () => {
    expect((await check(new Uint8Array([0xff, 0xfe, 0x0a, 0x7b]))).exitCode).toBe(2);
  });

  test("a file that is not there is said so", async () => {
    await expect(checkJsonl(join(folder, "absent"), () => {})).rejects.toThrow(/Cannot read .*absent/);
  });
});
