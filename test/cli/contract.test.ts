import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProgram } from "../../src/cli/command-line.ts";
import { commandGroups } from "../../src/cli/commands.ts";
import { commandLineSchema, documents } from "../../src/cli/documents.ts";
import { exitCodesBesides } from "../../src/cli/exit-code.ts";
import { createTerminal } from "../../src/cli/terminal.ts";
import { keys } from "../../src/core/queue.ts";
import type { JobId } from "../../src/core/task.ts";
import { chargehandHere } from "./support/in-process.ts";
import { flawsOf, published } from "./support/published.ts";
import { live, type Scene, startScene, story } from "./support/scene.ts";

interface Row {
  /** The words that name the command: `policy explain`. */
  readonly path: string;
  readonly command: Command;
}

const context = { terminal: createTerminal(process), environment: {}, cwd: "/" };
const rows = rowsUnder(
  createProgram(commandGroups, context, () => async () => {}),
  [],
);
const withJson = rows.filter(({ command }) => command.options.some(({ long }) => long === "--json"));

/** The command's words, with the options that commander asks for before it looks at others. */
function wordsOf({ path, command }: Row): string[] {
  const mandatory = command.options.filter((option) => option.mandatory);
  return [...path.split(" "), ...mandatory.flatMap(({ long }) => [long ?? "", "x"])];
}

function rowsUnder(parent: Command, words: readonly string[]): Row[] {
  return parent.commands.flatMap((command) => {
    const path = [...words, command.name()];
    return [{ path: path.join(" "), command }, ...rowsUnder(command, path)];
  });
}

test("OPS-03 the commands are found, those of a group as well", () => {
  const paths = rows.map(({ path }) => path);

  expect(paths).toEqual(expect.arrayContaining(["up", "run", "status", "policy explain", "doctor", "test"]));
  expect(withJson.length).toBeGreaterThan(15);
});

describe.each(rows)("OPS-03 $path", (row) => {
  const { path, command } = row;

  test("says what it does", () => {
    expect(command.description()).toMatch(/^\S.{9,}/);
  });

  test("shows its defaults as they are written", () => {
    const defaults = command.options.filter(({ flags, defaultValue }) => flags.includes("<duration>") && defaultValue);

    for (const { defaultValueDescription } of defaults) expect(defaultValueDescription).toMatch(/^\d+(s|m|h|d)$/);
  });

  test("explains itself on stdout, with an example, and succeeds", async () => {
    const { exitCode, stdout, stderr } = await chargehandHere([...path.split(" "), "--help"]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(`Usage: chargehand ${path}`);
    expect(stdout).toMatch(new RegExp(`Examples?:\\n +\\$ chargehand ${path}\\b`));
    expect(stdout).toMatch(/\nExit codes: 0 well, 1 .+, 2 .+\.\n$/);
  });

  test("is explained by help in the same words", async () => {
    const asked = await chargehandHere([...path.split(" "), "--help"]);

    expect(await chargehandHere(["help", ...path.split(" ")])).toEqual(asked);
  });

  test("says in one sentence which option it does not know, and exits with 2", async () => {
    const { exitCode, stdout, stderr } = await chargehandHere([...wordsOf(row), "--no-such-option"]);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^chargehand: unknown option '--no-such-option'\. .+\.\n$/);
  });
});

test("OPS-03 what a command may end with is said of each, and of no other", () => {
  expect(Object.keys(exitCodesBesides).toSorted()).toEqual(rows.map(({ path }) => path).toSorted());
});

test.each([
  [["help", "stauts"], "unknown command 'stauts'. Did you mean status?"],
  [["stauts", "--help"], "unknown command 'stauts'. Did you mean status?"],
  [["help", "policy", "xplain"], "unknown command 'xplain'. Did you mean explain?"],
  [["stauts"], "unknown command 'stauts'. Did you mean status?"],
])("OPS-03 %j names the mistake instead of listing all commands", async (argv, sentence) => {
  const { exitCode, stdout, stderr } = await chargehandHere(argv);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toBe(`chargehand: ${sentence} "chargehand --help" lists the commands.\n`);
});

test.each([[[]], [["policy"]]])("OPS-03 %j alone says on stderr what there is, and exits with 2", async (argv) => {
  const { exitCode, stdout, stderr } = await chargehandHere(argv);

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain("Usage: chargehand");
});

test.each(withJson)("OPS-03 $path --json answers a mistake with exactly one document", async (row) => {
  const { exitCode, stdout } = await chargehandHere([...wordsOf(row), "--json", "--no-such-option"]);

  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    error: { code: "bad-input", message: expect.stringContaining("unknown option '--no-such-option'") },
  });
});

test("OPS-03 what each command prints for --json is published (node scripts/write-schemas.ts writes it)", () => {
  expect(published).toEqual(JSON.parse(JSON.stringify(commandLineSchema())));
  expect(Object.keys(documents).toSorted()).toEqual(withJson.map(({ path }) => path).toSorted());
});

test("OPS-03 --version is the package's, alone on stdout", async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));

  expect(await chargehandHere(["--version"])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
});

test("OPS-03 RC-02 policy explain --json is the decision", async () => {
  const { exitCode, stdout } = await chargehandHere(["policy", "explain", "task-1", "git push origin", "--json"]);

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    worktree: "task-1",
    command: "git push origin",
    argv: ["git", "push", "origin"],
    verdict: "deny",
    rule: "G1",
  });
});

describe("OPS-03 what is printed for programs", () => {
  let scene: Scene;
  let jobId: JobId;
  let orderId: JobId;
  beforeAll(async () => {
    scene = await startScene();
    jobId = await live(scene.book, "terminal-1", story.queued("Fix it", "terminal-1"), ...story.working());
    await scene.book.record(jobId, { type: "cancelled", by: { kind: "terminal", id: "1", name: "Ann" } });
    await scene.redis.set(keys.patch(jobId), "diff --git a/x b/x\n");
    orderId = await scene.desk.submit({
      ...{ requestId: "order-1", project: "shop", text: "Wait for it" },
      requestedBy: { kind: "terminal", id: "1", name: "Ann" },
      origin: { type: "terminal" },
    });
  }, 60_000);
  afterAll(() => scene[Symbol.asyncDispose]());

  const documentOf = async (...argv: string[]) => {
    const { stdout } = await chargehandHere([...argv, "--json"], { environment: scene.env, cwd: scene.directory });
    return JSON.parse(stdout);
  };

  test.each([
    ["status", []],
    ["status", ["<job>"]],
    ["status", ["<order>"]],
    ["wait", ["<job>"]],
    ["cancel", ["<job>"]],
    ["list", []],
    ["logs", ["<job>"]],
    ["diff", ["<job>"]],
    ["projects", []],
    ["schedules", []],
    ["submit", ["Fix it", "--project", "shop"]],
    ["retry", ["<job>"]],
    ["unlock", ["--job", "<job>"]],
    ["reconcile", []],
    ["prune", ["--dry-run"]],
    ["policy explain", ["task-1", "git push"]],
    ["policy explain", ["task-1", "'"]],
    ["doctor", []],
    ["verify", ["<job>"]],
  ])("%s %j --json is as docs/command-line.json says", async (path, rest) => {
    const given = rest.map((word) => word.replace("<job>", jobId).replace("<order>", orderId));

    const document = await documentOf(...path.split(" "), ...given);

    expect(flawsOf(path, document)).toEqual([]);
    expect(flawsOf("error", document)).not.toEqual([]);
  });

  test.each([
    ["3", ["status"], { REDIS_URL: "redis://127.0.0.1:1" }, "redis-unavailable"],
    ["4", ["status", "zzzzzzzz"], {}, "not-found"],
    ["4", ["diff", "zzzzzzzz"], {}, "not-found"],
    ["2", ["projects"], { LOG_LEVEL: "loud" }, "bad-config"],
  ])("a failure with exit code %s is one document: %j", async (code, argv, change, name) => {
    const environment = { ...scene.env, CHARGEHAND_HOME: join(scene.directory, "empty"), ...change };

    const outcome = await chargehandHere([...argv, "--json"], { environment, cwd: scene.directory });

    expect(outcome.exitCode).toBe(Number(code));
    expect(JSON.parse(outcome.stdout)).toEqual({ error: { code: name, message: expect.stringMatching(/\S\.$/) } });
    expect(flawsOf("error", JSON.parse(outcome.stdout))).toEqual([]);
    expect(outcome.stderr).toMatch(/^chargehand: .+\n$/);
  });

  test("a decision that comes too late exits with 5, in one document", async () => {
    const place = { environment: scene.env, cwd: scene.directory };

    const { exitCode, stdout } = await chargehandHere(["approve", jobId, "--json"], place);

    expect(exitCode).toBe(5);
    expect(JSON.parse(stdout)).toEqual({ error: { code: "conflict", message: expect.any(String) } });
  });

  test("a job that has not ended in time exits with 6", async () => {
    const open = await live(scene.book, "terminal-2", story.queued("Fix more", "terminal-2"), ...story.working());
    const place = { environment: scene.env, cwd: scene.directory };

    const { exitCode, stderr } = await chargehandHere(["wait", open, "--timeout", "50ms"], place);

    expect(exitCode).toBe(6);
    expect(stderr).toContain(`chargehand: Job ${open} has not ended yet: running.\n`);
  });
});
