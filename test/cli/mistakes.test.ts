import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JobId } from "../../src/core/task.ts";
import { chargehandHere } from "./support/in-process.ts";
import { cli, live, type Scene, startScene, story } from "./support/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
}, 60_000);
afterAll(() => scene[Symbol.asyncDispose]());

const chargehand = (...argv: string[]) => chargehandHere(argv, { environment: scene.env, cwd: scene.directory });

test.each([
  [["wait"], "missing required argument 'job'. \"chargehand wait --help\" explains it."],
  [["policy", "explain"], "missing required argument 'worktree'. \"chargehand policy explain --help\" explains it."],
  [["unlock"], "required option '--job <job>' not specified. \"chargehand unlock --help\" explains it."],
  [["prune", "--older-than", "-1d"], /Write a duration .*7d\. "chargehand prune --help" explains it\.$/],
  [["wait", "7kq2m9xd", "--timeout", "30d"], /is invalid\. Write a duration of at most 24d\./],
  [["submit", "Fix it", "--at", "2031-02-31"], /Write a time as in 2026-12-01T09:00/],
  [["submit", "Fix it", "--in", "-5m"], /Write a duration/],
  [
    ["submit", "Fix it", "-p", "shop", "--validate", ""],
    /^chargehand: This is no order: .*validation\[0\]\.cmd is empty.*[^.]\.$/,
  ],
  [["change", "7kq2m9xd", " "], "Say in words what should be different."],
  [["change", "7kq2m9xd", "a".repeat(2_001)], "Say in at most 2000 characters what should be different."],
  [["deny", "7kq2m9xd", "--advice", ""], "Say in words what should be different."],
  [["submit", "Fix it", "-p", "shop", "--request-id", ""], "This is no order: requestId is empty."],
])("OPS-03 %j is refused in one sentence that says what to write, and exits with 2", async (argv, sentence) => {
  const { exitCode, stdout, stderr } = await chargehand(...argv);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr.trimEnd()).toMatch(typeof sentence === "string" ? `chargehand: ${sentence}` : sentence);
  expect(stderr).not.toMatch(/expected string|Too small|\n.*\n/);
});

test("OPS-03 what was typed acts on no terminal, also where it is wrong", async () => {
  const { stderr } = await chargehand("status", "\u001b[31mred\u202e");

  expect(stderr).toMatch(/^chargehand: There is no job ".*red/);
  for (const character of ["\u001b", "\u202e"]) expect(stderr).not.toContain(character);
});

test("projects says so where there is none", async () => {
  await using empty = await startScene();
  const config = join(empty.directory, "none.yaml");
  await writeFile(config, "projects: {}\n");

  const outcome = await chargehandHere(["projects"], {
    environment: { ...empty.env, CHARGEHAND_CONFIG: config },
    cwd: empty.directory,
  });

  expect(outcome).toEqual({
    exitCode: 0,
    stdout: "",
    stderr: "There is no project. Name one under projects in chargehand.yaml.\n",
  });
}, 30_000);

test("logs says so where nothing has happened yet", async () => {
  await using empty = await startScene();

  const outcome = await chargehandHere(["logs"], { environment: empty.env, cwd: empty.directory });

  expect(outcome).toEqual({ exitCode: 0, stdout: "", stderr: "Nothing has happened yet.\n" });
}, 30_000);

test.runIf(existsSync("/dev/full"))(
  "OPS-03 an answer that cannot be written is no success",
  async () => {
    const command = 'exec "$0" "$1" --version > /dev/full';

    const { exitCode, stderr } = await execa("sh", ["-c", command, process.execPath, cli], { reject: false });

    expect([exitCode, stderr]).toEqual([1, "chargehand: The answer cannot be written (ENOSPC)."]);
  },
  30_000,
);

describe("OPS-03 an order that no daemon has taken in", () => {
  let jobId: JobId;
  beforeAll(async () => {
    const { stdout } = await chargehand("submit", "Fix it", "--project", "shop", "--request-id", "waits");
    jobId = stdout.trim();
  });

  test.each(["diff", "logs", "merge", "retry"])("is not unknown to %s: it has not begun, exit code 5", async (name) => {
    const { exitCode, stderr } = await chargehand(name, jobId);

    expect(exitCode).toBe(5);
    expect(stderr).toBe(
      `chargehand: Job ${jobId} has not begun: no daemon has taken it yet. chargehand status ${jobId} shows it.\n`,
    );
  });

  test("is shown by status, also by the beginning of its id", async () => {
    const { exitCode, stdout } = await chargehand("status", jobId.slice(0, 5));

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${jobId}  waits for a daemon (chargehand up)  shop`);
  });

  test("is waited for from its order on, and the exit code says how it ended", async () => {
    const early = await chargehand("wait", jobId, "--timeout", "50ms");
    expect([early.exitCode, early.stderr]).toEqual([
      6,
      expect.stringContaining(`chargehand: Job ${jobId} has not begun yet.`),
    ]);

    const waiting = chargehand("wait", jobId, "--timeout", "60s");
    const [order] = (await scene.desk.orders()).filter((it) => it.jobId === jobId);
    if (order === undefined) throw new Error("The order is gone.");
    await live(scene.book, order.requestId, story.ordered(order), { type: "blocked", reason: "It is." });

    expect((await waiting).exitCode).toBe(1);
    expect((await waiting).stdout).toContain(`${jobId}  blocked`);
  }, 30_000);
});
