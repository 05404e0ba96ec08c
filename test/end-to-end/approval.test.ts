import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Simulation } from "../../src/agents/engines/simulation.ts";
import type { ChatMessage } from "../../src/emulators/bot-api/chat.ts";
import { offered, patience, runs, startInstallation } from "../support/installation.ts";

const simulation: Simulation = [
  {
    do: [
      { write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } },
      { write: { path: "scratch.txt", text: "x\n" } },
    ],
  },
];
const tidy = runs('codex exec "Fix the price"', "git clean -fd", "git add -A", 'git commit -m "Fix the price"');

test("BOT-02 RC-04 a risky command asks, whole and in the clear, and runs after the tap", async () => {
  await using shop = await startInstallation({ script: tidy, simulation });
  const { ann } = shop;

  ann.sends("Fix the price");
  const question = await offered(shop, "Allow once");
  expect(question.silent).toBe(false);
  expect(question.text).toContain("clean");
  expect(question.text).toContain("-fd");
  expect(question.keyboard.flat().map(({ text }) => text)).toEqual(["Allow once", "Allow for this job", "Deny"]);
  ann.taps(question, "Allow once");
  const result = await offered(shop, "Merge");

  expect(result.text).not.toContain("scratch.txt");
  const results = shop.model.requests.at(-1)?.view?.toolResults.map(({ text }) => text) ?? [];
  expect(results[1]).toMatch(/Removing scratch\.txt/);
});

test("DU-05 RC-04 what is allowed once asks again the next time, and what is allowed for the job does not", async () => {
  const clean = "git clean -fd";
  const script = runs('codex exec "Fix the price"', clean, clean, clean, "git clean -fdx");
  await using shop = await startInstallation({ script, simulation });
  const { ann, botApi } = shop;
  ann.sends("Fix the price");
  const first = await offered(shop, "Allow once");
  ann.taps(first, "Allow once");
  const nextQuestion = ({ id: before }: ChatMessage) =>
    botApi.until(() => ann.chat.messages.find(({ id, keyboard }) => id > before && keyboard.length === 2), patience);

  const second = await nextQuestion(first);
  ann.taps(second, "Allow for this job");
  const third = await nextQuestion(second);

  expect([first, second, third].map(({ text }) => text.includes("-fdx"))).toEqual([false, false, true]);
});

test("DU-02 DU-05 the same buttons work after bot and daemon were killed, and the worker was free while it waited", async () => {
  await using shop = await startInstallation({ script: tidy, simulation, settings: { limits: { concurrency: 1 } } });
  const { ann } = shop;
  ann.sends("Fix the price");
  const question = await offered(shop, "Allow once");

  ann.sends("Another: fix the price");
  await ann.sees("Another", { timeoutMs: 15_000 });
  await shop.botApi.until(
    () => ann.chat.messages.filter(({ keyboard }) => keyboard.flat().some(({ text }) => text === "Deny")).length === 2,
  );
  await shop.stop("SIGKILL");
  const tap = ann.taps(question, "Allow once");
  await shop.start("up");

  await offered(shop, "Merge");
  await shop.botApi.until(() => tap.answer !== undefined);
  const log = await readFile(join(shop.home, "run_repo_command.log"), "utf8");
  const cleans = log.split("\n").filter((line) => line.includes('"clean"') && line.includes('"exitCode":0'));
  expect(cleans).toHaveLength(1);
});

test("DU-05 a denial with advice reaches the model in the person's words", async () => {
  await using shop = await startInstallation({ script: tidy, simulation });
  const { ann } = shop;
  ann.sends("Fix the price");
  const question = await offered(shop, "Allow once");

  ann.sends("Leave the scratch file, it is mine", { replyTo: question });
  await offered(shop, "Merge");

  const results = shop.model.requests.at(-1)?.view?.toolResults.map(({ text }) => text) ?? [];
  expect(results[1]).toMatch(/a person denied this command.*Leave the scratch file, it is mine/);
});

test("DU-05 TG-32 somebody who may not decide cannot tap, and a second tap is told what was decided", async () => {
  await using shop = await startInstallation({
    script: tidy,
    simulation,
    settings: { access: { owners: [1001], members: [1002] } },
  });
  const { ann, botApi } = shop;
  const bob = botApi.person({ id: 1002, firstName: "Bob" });
  bob.sends("Fix the price");
  const question = await offered(shop, "Allow once", bob);

  const foreign = bob.taps(question, "Allow once");
  await botApi.until(() => foreign.answer !== undefined);

  expect(foreign.answer?.text).toMatch(/may|allowed|approver/i);
  expect(ann.chat.messages).toEqual([]);
});

test("DU-05 a permission is void when the files changed after the question", async () => {
  await using shop = await startInstallation({ script: tidy, simulation });
  const { ann } = shop;
  ann.sends("Fix the price");
  const question = await offered(shop, "Allow once");
  const [worktree = ""] = /task-[a-z0-9]{8}/.exec(question.text) ?? [];
  const { writeFile } = await import("node:fs/promises");
  await writeFile(join(shop.baseDir, worktree, "later.txt"), "x\n");

  ann.taps(question, "Allow once");
  await offered(shop, "Merge");

  const results = shop.model.requests.at(-1)?.view?.toolResults.map(({ text }) => text) ?? [];
  expect(results[1]).toMatch(/the permission is void/);
});
