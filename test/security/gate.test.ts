import { readdir, readFile, rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import {
  type Installation,
  offered,
  patience,
  prepareInstallation,
  runs,
  startInstallation,
} from "../support/installation.ts";
import { gitIn, writeFiles } from "../support/project.ts";
import { startWith } from "./support/settings.ts";
import { startUnguardedJob } from "./support/unguarded-job.ts";

const simulation = [{ do: [{ write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } }] }];
const once = { limits: { maxIterations: 1 } };

/** What the model was told of its commands, in their order. */
function results({ model }: Installation): string[] {
  return model.requests.at(-1)?.view?.toolResults.map(({ text }) => text) ?? [];
}

async function logged({ home }: Installation): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(join(home, "run_repo_command.log"), "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}

test("RC-11 a dry run checks and logs every command, and runs none", async () => {
  await using shop = await startInstallation({
    script: runs('codex exec "Fix the price"', "git add -A", "git push"),
    simulation,
    settings: once,
    environment: { ORCHESTRATOR_DRY_RUN: "1" },
  });

  shop.ann.sends("Fix the price");
  await shop.ann.sees(/[Rr]ejected/, patience);

  const [engine, git, push] = results(shop);
  expect([engine, git]).toEqual(Array(2).fill("dry run: the command was checked and logged, not run."));
  expect(push).toMatch(/^denied by rule G1/);
  expect(await logged(shop)).toMatchObject([
    { argv: ["codex", "exec", "Fix the price"], decision: "allow", rule: "A1", dryRun: true },
    { argv: ["git", "add", "-A"], decision: "allow", rule: "G4", dryRun: true },
    { argv: ["git", "push"], decision: "deny", rule: "G1" },
  ]);
  expect(shop.ann.chat.messages.some(({ text }) => text.includes("Nothing was changed"))).toBe(true);
});

test("SY-39 nothing runs in a worktree that is not a plain folder in its place any more", async () => {
  const script = runs("git status --short", "git log --oneline");
  let requests = 0;
  let baseDir = "";
  await using shop = await startInstallation({
    settings: once,
    script: async (request, signal) => {
      requests += 1;
      if (requests === 2) await replaceWorktree(baseDir);
      return script(request, signal);
    },
  });
  baseDir = shop.baseDir;

  shop.ann.sends("Fix the price");
  await shop.ann.sees(/is not a plain folder in its place any more; nothing runs there\./, patience);

  expect((await logged(shop)).map(({ argv }) => argv)).toEqual([["git", "status", "--short"]]);
});

/** A link to the person's checkout stands where the job's files were. */
async function replaceWorktree(baseDir: string): Promise<void> {
  const [name = ""] = (await readdir(baseDir)).filter((entry) => entry.startsWith("task-"));
  await rename(join(baseDir, name), join(baseDir, "elsewhere"));
  await symlink("main", join(baseDir, name));
}

test("RC-11 a trace prints every call, whatever became of it", async () => {
  await using shop = await startInstallation({
    script: runs("git log --oneline", "git push"),
    settings: once,
    environment: { ORCHESTRATOR_TRACE: "1" },
  });

  shop.ann.sends("Fix the price");
  await shop.ann.sees(/[Rr]ejected/, patience);

  const traced = shop
    .log()
    .split("\n")
    .filter((line) => line.includes('"msg":"command"'));
  expect(traced.map((line) => JSON.parse(line))).toMatchObject([
    { argv: ["git", "log", "--oneline"], decision: "allow", exitCode: 0 },
    { argv: ["git", "push"], decision: "deny", rule: "G1" },
  ]);
});

test("RC-11 a trace is printed however quiet the log is otherwise", async () => {
  const lines: string[] = [];
  await using job = await startUnguardedJob({
    trace: pino({ level: "error" }, { write: (line) => void lines.push(line) }),
  });

  await job.run(["pwd"]);

  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ msg: "command", argv: ["pwd"], exitCode: 0 }]);
});

test("RC-12 the same denial three times in a row stops the run with a sentence", async () => {
  await using shop = await startInstallation({
    script: runs("git push", "git push origin main", "git send-pack x", "ls"),
  });

  shop.ann.sends("Fix the price");
  const ending = await shop.ann.sees(/was stopped/, patience);

  expect(ending.text).toMatch(/rule G1 denied it 3 times in a row/);
  expect(results(shop)).toEqual(
    Array(2).fill(expect.stringMatching(/^denied by rule G1: .* Commit on the task's branch/)),
  );
  expect((await logged(shop)).map(({ decision }) => decision)).toEqual(["deny", "deny", "deny"]);
});

test("RC-12 denials between which something ran, or of different rules, stop nothing", async () => {
  const commands = ["git push", "git push", "ls", "git push", "rm x", "git push", "git push", "ls"];
  await using shop = await startInstallation({ script: runs(...commands), settings: once });

  shop.ann.sends("Fix the price");
  await shop.ann.sees(/[Rr]ejected/, patience);

  expect(results(shop)).toHaveLength(commands.length);
});

/** A project whose origin has moved on. */
async function installationWithOrigin(...commands: string[]): Promise<{ shop: Installation; tip: string }> {
  const shop = await prepareInstallation({ script: runs(...commands), simulation });
  const { folder, main } = shop;
  gitIn(folder, "clone", "--quiet", "--bare", main, "origin.git");
  gitIn(main, "remote", "add", "origin", join(folder, "origin.git"));
  gitIn(folder, "clone", "--quiet", "origin.git", "colleague");
  const colleague = join(folder, "colleague");
  await writeFiles(colleague, { "new.js": "// new\n" });
  gitIn(colleague, "add", "--all");
  gitIn(colleague, "commit", "--quiet", "--message", "second");
  gitIn(colleague, "push", "--quiet", "origin", "HEAD:main");
  return { shop, tip: gitIn(colleague, "rev-parse", "HEAD") };
}

test("RC-05 DU-05 a fetch is carried out after a tap, once, and the next one asks again", async () => {
  const commands = [
    "git fetch origin",
    'codex exec "Fix the price"',
    "git merge --no-edit origin/main",
    "git pull --ff-only",
  ];
  const { shop: opened, tip } = await installationWithOrigin(...commands);
  await using shop = opened;
  await startWith(shop, {});
  const { ann, main } = shop;

  ann.sends("Fix the price");
  const question = await offered(shop, "Allow once");
  expect(gitIn(main, "for-each-ref", "refs/remotes")).toBe("");
  ann.taps(question, "Allow once");
  const second = await shop.botApi.until(
    () =>
      ann.chat.messages.find(
        ({ id, keyboard }) => id > question.id && keyboard.flat().some(({ text }) => text === "Deny"),
      ),
    patience,
  );
  ann.taps(second, "Deny");
  await offered(shop, "Merge");

  const [fetched, , merged, pulled] = results(shop);
  expect(fetched).toContain(`origin/main is now ${tip}`);
  expect(merged).toMatch(/^exit code 0/);
  expect(pulled).toMatch(/a person denied this command/);
  expect(gitIn(main, "rev-parse", "origin/main")).toBe(tip);
  expect(gitIn(main, "rev-parse", "main")).not.toBe(tip);
});

test("DU-05 SY-36 a question that nobody answers in time is a refusal, and its buttons go", async () => {
  await using shop = await startInstallation({
    script: runs("git clean -fd"),
    settings: { limits: { maxIterations: 1, approvalTtl: "300ms" } },
  });

  shop.ann.sends("Fix the price");
  await shop.ann.sees(/[Rr]ejected/, patience);

  expect(results(shop)).toEqual(["not run: nobody answered in time. Go on without this command."]);
  expect((await logged(shop)).map(({ decision, exitCode }) => [decision, exitCode])).not.toContainEqual(["ask", 0]);
  await shop.botApi.until(() => shop.ann.chat.messages.every(({ keyboard }) => keyboard.length === 0), patience);
});
