import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ModelAnswer } from "../../src/emulators/model-server/script.ts";
import { offered, patience, prepareInstallation, runs, startInstallation } from "../support/installation.ts";
import { isRunning } from "../support/processes.ts";
import { gitIn } from "../support/project.ts";

const engine = runs('codex exec "Fix the price"');

test("DU-09 RC-09 a cancel ends the engine and everything it started, and the job says who stopped it", async () => {
  const pidFile = "pid.txt";
  await using shop = await startInstallation({
    script: engine,
    simulation: [{ do: [{ run: ["sh", "-c", `echo $$ > ${pidFile}`] }, { say: "Working." }, { hang: true }] }],
  });
  const { ann, botApi } = shop;
  ann.sends("Fix the price");
  const card = await ann.sees(/Working\./, patience);

  const children = () =>
    execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line.includes("simulated-program"));
  expect(children().length).toBeGreaterThan(0);
  ann.taps(card, "Cancel");
  await botApi.until(() => ann.chat.message(card.id)?.text.includes("Cancelled"));

  expect(ann.chat.messages.some(({ text }) => text.includes("Cancelled by Ann"))).toBe(true);
  await botApi.until(() => ann.chat.message(card.id)?.keyboard.length === 0);
  expect(children().filter((line) => isRunning(Number.parseInt(line, 10)) && line.includes(shop.folder))).toEqual([]);
});

test.each<[string, ModelAnswer, RegExp]>([
  ["401", { status: 401 }, /refused the key \(401\)/],
  ["garbage", { garbage: true }, /could not be read/],
  ["nothing", { text: "" }, /answered nothing/],
])("a model that answers %s fails the job with one clear sentence", async (_name, answer, sentence) => {
  await using shop = await startInstallation({ script: () => answer });

  shop.ann.sends("Fix the price");
  const ending = await shop.ann.sees(sentence);

  expect(ending.text).not.toMatch(/at .*\.ts:|Error:/);
  expect(shop.log()).toContain('"code":"model-');
});

test("an engine that is not installed is told to the orchestrator, and the job ends in a true state", async () => {
  await using shop = await startInstallation({
    script: runs('engine mine "Fix the price"'),
    settings: { engines: { mine: { kind: "custom", command: ["/nowhere/my-agent"] } }, limits: { maxIterations: 1 } },
  });

  shop.ann.sends("Fix the price");
  await shop.ann.sees(/[Rr]ejected/, patience);

  expect(shop.model.requests.at(-1)?.view?.toolResults[0]?.text).toMatch(/not (installed|started)|does not exist/);
});

test("an engine that exits 1 is told to the orchestrator with what it said", async () => {
  await using shop = await startInstallation({
    script: engine,
    simulation: [{ do: [{ fail: "The disk is full." }] }],
    settings: { limits: { maxIterations: 1 } },
  });

  shop.ann.sends("Fix the price");
  await shop.ann.sees(/[Rr]ejected/, patience);

  expect(shop.model.requests.at(-1)?.view?.toolResults[0]?.text).toMatch(
    /failed: The disk is full\.[\s\S]*no file in the worktree changed/,
  );
});

test("a project that became unusable fails the order with what to mend", async () => {
  await using shop = await startInstallation({ script: engine });
  await rm(join(shop.main, ".git"), { recursive: true });

  shop.ann.sends("Fix the price");

  await shop.ann.sees(/is (no|not a) git repository/, patience);
});

test("a repository without commits fails the order with what to mend", async () => {
  await using shop = await startInstallation({ script: engine });
  await rm(join(shop.main, ".git"), { recursive: true });
  gitIn(shop.main, "init", "--quiet", "--initial-branch=main");

  shop.ann.sends("Fix the price");

  await shop.ann.sees(/no commit/, patience);
});

test("LD-02 uncommitted work in main that a merge would overwrite stops the merge, says so, and the next tap merges", async () => {
  await using shop = await startInstallation({
    script: engine,
    simulation: [{ do: [{ write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } }] }],
  });
  const { ann, main, botApi } = shop;
  ann.sends("Fix the price");
  const result = await offered(shop, "Merge");
  await writeFile(join(main, "price.js"), "// mine\n");

  ann.taps(result, "Merge");
  const refusal = await ann.sees(/uncommitted changes in price\.js/, patience);
  await writeFile(join(main, "price.js"), "exports.price = (cents) => cents * 2;\n");
  const mergeable = () =>
    ann.chat.messages.findLast(({ keyboard }) => keyboard.flat().some(({ text }) => text === "Merge"));
  await botApi.until(() => mergeable() !== undefined);
  ann.taps(mergeable() ?? refusal, "Merge");

  await ann.sees(/Merged into main/, patience);
  expect(gitIn(main, "status", "--porcelain")).toBe("");
});

test("TG-51 a wrong token ends the start with one sentence, and the token is in no line of it", async () => {
  await using shop = await prepareInstallation({
    script: engine,
    environment: { TELEGRAM_BOT_TOKEN: "123456789:WRONG-token-WRONG-token-WRONG-token" },
  });

  await shop.start("up");
  const exitCode = await shop.stop("SIGTERM");

  expect(exitCode).not.toBe(0);
  expect(shop.log()).toMatch(/token/i);
  expect(shop.log()).not.toContain("WRONG-token");
});

test("TG-52 BOT-11 an empty allowlist refuses to start and says what to write", async () => {
  await using shop = await prepareInstallation({ script: engine, settings: { access: {} } });

  await shop.start("up");
  const exitCode = await shop.stop("SIGTERM");

  expect(exitCode).not.toBe(0);
  expect(shop.log()).toMatch(/access\.owners|TELEGRAM_ALLOWED_USERS/);
});

test("a Redis that is not there at the start ends it with one sentence and no stack", async () => {
  await using shop = await prepareInstallation({ script: engine, environment: { REDIS_URL: "redis://127.0.0.1:9" } });

  await shop.start("up");
  const exitCode = await shop.stop("SIGTERM");

  expect(exitCode).toBe(3);
  expect(shop.log()).toMatch(/Redis at 127\.0\.0\.1:9 does not answer \(ECONNREFUSED\)\. Start it/);
  expect(shop.log()).not.toMatch(/ at .*\.ts:\d+/);
});

test("a base directory without main/ refuses to start and says where to put the checkout", async () => {
  await using shop = await prepareInstallation({ script: engine });
  await rm(shop.main, { recursive: true });
  await mkdir(shop.baseDir, { recursive: true });

  await shop.start("up");
  const exitCode = await shop.stop("SIGTERM");

  expect(exitCode).not.toBe(0);
  expect(shop.log()).toMatch(/holds no main\//);
});

test("DU-03 a daemon that is killed in the middle goes on where it was, and nothing finished runs twice", async () => {
  const fix = { write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } };
  await using shop = await startInstallation({
    script: runs("git log --oneline", 'codex exec "Fix the price"', "git status --short", 'codex exec "Fix the price"'),
    simulation: [{ onRun: 1, do: [{ say: "Working." }, { hang: true }] }, { do: [fix] }],
  });
  shop.ann.sends("Fix the price");
  await shop.ann.sees(/Working\./, patience);

  await shop.stop("SIGKILL");
  await shop.start("up");
  await offered(shop, "Merge");

  const results = shop.model.requests.at(-1)?.view?.toolResults.map(({ text }) => text) ?? [];
  expect(results).toHaveLength(4);
  expect(results[1]).toMatch(/^interrupted: /);
  expect(results[3]).toMatch(/files in the worktree changed/);
});

test("a private Redis that dies in the middle is replaced on the same data, the job goes on, and only our log tells of it", async () => {
  await using shop = await startInstallation({
    script: engine,
    simulation: [
      {
        do: [
          { write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } },
          { sleepMs: 500 },
          { say: "Fixed." },
        ],
      },
    ],
  });
  shop.ann.sends("Fix the price");
  await shop.ann.sees(/codex exec/, patience);
  const redis = execFileSync("pgrep", ["-f", shop.home], { encoding: "utf8" }).split("\n").map(Number);
  const servers = redis.filter(
    (pid) => pid > 0 && execFileSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8" }).includes("redis"),
  );

  for (const pid of servers) process.kill(pid, "SIGKILL");

  await shop.ann.sees("unit", patience);
  expect(servers.length).toBeGreaterThan(0);
  expect(shop.log()).toContain("Redis is gone");
  expect(
    shop
      .log()
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("{")),
  ).toEqual([]);
});
