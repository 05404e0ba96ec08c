import { expect, test } from "vitest";
import type { JobState } from "../../src/core/job.ts";
import type { ChatMessage } from "../../src/emulators/bot-api/chat.ts";
import { hurried, type Scene, startScene, startScenePlaying } from "./support/scene.ts";
import { commandSubject, mergeSubject, story } from "./support/story.ts";

test("TG-17 TG-18 DU-04 the same updates again, over many restarts, do nothing twice", async () => {
  await using scene = await startScene({ projects: ["shop", "blog"] });
  const { ann, daemon, botApi } = scene;
  let bot = scene.startsBot();
  ann.sends("shop: Fix the rounding");
  ann.sends("/help");
  ann.sends("Write about it");
  await daemon.takesOrder();
  await ann.sees("Which project");
  await ann.sees("How this works");
  const before = ann.chat.messages.length;

  for (let round = 0; round < 10; round += 1) {
    await bot.stops();
    for (const update of botApi.updates) botApi.deliverAgain(update);
    bot = scene.startsBot();
    await botApi.until(() => botApi.isPolled && botApi.pendingUpdates.length === 0);
  }
  ann.sends("/jobs");
  await ann.sees("Latest jobs");

  expect(daemon.submissions).toHaveLength(1);
  expect(ann.chat.messages).toHaveLength(before + 2);
});

test("TG-19 DU-04 an update that was fetched, but whose effect was not stored, comes again after the crash", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi, redis, bot } = scene;
  await redis.call("CLIENT", "PAUSE", "60000", "WRITE");
  ann.sends("Fix the rounding");
  await botApi.until(() => !botApi.isPolled);

  const stopping = bot.stops();
  await redis.call("CLIENT", "UNPAUSE");
  await stopping;
  scene.startsBot();
  await daemon.takesOrder("rounding");
  await ann.sees("Queued");

  expect(daemon.submissions).toHaveLength(1);
  expect(ann.chat.messages).toHaveLength(2);
});

test("TG-44 DU-04 a card that missed something while the bot was away is made true at the start", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi, bot } = scene;
  ann.sends("Fix the rounding");
  const job = await daemon.takesOrder();
  await daemon.tells(job.id, story.started, story.step("codex exec 'Fix it'"));
  const card = await ann.sees("codex exec");
  await bot.stops();

  await daemon.tells(job.id, story.finished("codex exec 'Fix it'"), ...story.rejected);
  scene.startsBot();
  await botApi.until(() => ann.chat.message(card.id)?.text.startsWith("✗ Rejected"));
  await ann.sees("unit ends with:");

  expect(ann.chat.messages).toHaveLength(3);
  expect(ann.chat.message(card.id)?.keyboard).toEqual([]);
});

test("TG-29 DU-05 a question asked while the bot was away comes, and its buttons outlive the next restart", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi, bot } = scene;
  ann.sends("Fix the rounding");
  const job = await daemon.takesOrder();
  await ann.sees("Queued");
  await bot.stops();

  const approval = await daemon.asks(job.id, commandSubject());
  const second = scene.startsBot();
  const question = await ann.sees("May this run?");
  await second.stops();
  const tap = ann.taps(question, "Deny");
  scene.startsBot();
  await botApi.until(() => tap.answer);

  expect(tap.answer?.text).toBe("Denied.");
  expect(await daemon.decides("settle")).toMatchObject({ approvalId: approval.id, choice: "deny" });
  expect(ann.chat.messages.filter(({ text }) => text.includes("May this run?"))).toHaveLength(1);
});

test("DU-12 a question that was asked and answered while the bot was away is not asked, a result is still told", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, bot } = scene;
  ann.sends("Fix the rounding");
  const job = await daemon.takesOrder();
  await ann.sees("Queued");
  await bot.stops();

  const by = { kind: "terminal", id: "ann", name: "Ann" } as const;
  const first = await daemon.asks(job.id, commandSubject());
  const allowed = { type: "chosen", choice: "allow_once", by } as const;
  await daemon.tells(job.id, { type: "approval_settled", approvalId: first.id, settlement: allowed });
  await daemon.tells(job.id, story.started, story.claimed(), ...story.verified);
  const merge = await daemon.asks(job.id, mergeSubject);
  const chosen = { type: "chosen", choice: "merge", by } as const;
  await daemon.tells(job.id, { type: "approval_settled", approvalId: merge.id, settlement: chosen }, story.merged);
  scene.startsBot();
  await ann.sees("✓ Merged · shop");
  const result = await ann.sees("All checks passed");

  expect(result.text).toMatch(/Ann chose Merge\. Merged into main as c0ffee1\.$/);
  expect(result.keyboard).toEqual([]);
  expect(ann.chat.messages.some(({ text }) => text.includes("May this run?"))).toBe(false);
});

test("DU-12 results that wait for their turn are sent after the restart, each once", async () => {
  await using scene = await startScenePlaying({ bot: { pace: { ...hurried, chatMs: () => 1_000 } } });
  const { ann, daemon, botApi, bot } = scene;
  const jobs: JobState[] = [];
  for (const task of ["one", "two", "three", "four"]) {
    ann.sends(`Fix ${task}`);
    jobs.push(await daemon.takesOrder(`Fix ${task}`));
  }
  for (const { id } of jobs) await daemon.tells(id, story.started, ...story.rejected);
  const tellings = (id: string) => ann.chat.messages.filter(({ text, silent }) => !silent && text.includes(id));
  await botApi.until(() => jobs.some(({ id }) => tellings(id).length > 0));

  await bot.stops();
  scene.startsBot({ pace: hurried });
  await botApi.until(() => jobs.every(({ id }) => tellings(id).length > 0));
  ann.sends("/projects");
  await ann.sees("Projects");

  expect(jobs.map(({ id }) => tellings(id).length)).toEqual([1, 1, 1, 1]);
});

test("TG-34 of a question that was sent twice, words that answer the unknown copy answer the question and order nothing", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi } = scene;
  const copy = await askedTwice(scene);

  ann.sends("Say that it is in cents", { replyTo: copy });
  await botApi.until(() => ann.chat.message(copy.id)?.keyboard.length === 0);
  await ann.sees("The job goes back to work with your words.");

  expect(daemon.submissions).toHaveLength(1);
  expect(await daemon.decides("settle")).toMatchObject({ choice: "change", advice: "Say that it is in cents" });
});

/** The unknown copy of a job's question that is in the chat twice. */
async function askedTwice({ ann, daemon, botApi }: Scene): Promise<ChatMessage> {
  ann.sends("Fix the rounding");
  const job = await daemon.takesOrder();
  await ann.sees("Queued");
  await daemon.tells(job.id, story.started, story.claimed(), ...story.verified);
  await ann.sees("Accepted");
  botApi.inject({ method: "sendMessage", dropConnection: "after" });
  await daemon.asks(job.id, mergeSubject);
  const copy = await ann.sees("Merge puts it");
  await ann.sees("sent again");
  return copy;
}

test("TG-34 of a question that was sent twice, the copy that nobody knew loses its buttons at its first tap", async () => {
  await using scene = await startScenePlaying();
  const { ann, botApi } = scene;
  const copy = await askedTwice(scene);
  const known = await ann.sees("sent again");

  const tap = ann.taps(copy, "Ask for changes");
  await botApi.until(() => tap.answer && ann.chat.message(copy.id)?.keyboard.length === 0);

  expect(copy.id).not.toBe(known.id);
  expect(ann.chat.message(known.id)?.keyboard).toHaveLength(2);
  expect(ann.chat.message(copy.id)?.text).toBe(copy.text);
});
