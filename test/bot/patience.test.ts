import { expect, test } from "vitest";
import { hurried, startScenePlaying } from "./support/scene.ts";
import { commandSubject, mergeSubject, story } from "./support/story.ts";

test("TG-27 DU-09 BOT-03 a tap on Cancel is answered and recorded at once, while nothing else can be sent", async () => {
  await using scene = await startScenePlaying({ bot: { pace: { ...hurried, chatMs: () => 3_600_000 } } });
  const { ann, daemon, botApi } = scene;
  ann.sends("Fix the rounding");
  const job = await daemon.takesOrder();
  const card = await ann.sees("Queued");
  for (let number = 0; number < 50; number += 1) ann.sends("/jobs");
  await daemon.tells(job.id, story.started, story.step("codex exec 'Fix it'"));

  const tap = ann.taps(card, "Cancel");
  await botApi.until(() => tap.answer);

  expect(tap.answer?.text).toBe("Cancelling…");
  expect(await daemon.decides("cancel")).toMatchObject({ jobId: job.id });
});

test("TG-30 DU-05 the end of the bot answers no question: it is open afterwards, and its buttons work", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi, bot } = scene;
  ann.sends("Fix the rounding");
  const job = await daemon.takesOrder();
  const approval = await daemon.asks(job.id, commandSubject());
  const question = await ann.sees("May this run?");

  await bot.stops();
  scene.startsBot();
  await botApi.until(() => botApi.isPolled);
  const decisionsBefore = [...daemon.decisions];
  const tap = ann.taps(question, "Allow once");
  await botApi.until(() => tap.answer);

  expect(decisionsBefore).toEqual([]);
  expect(await daemon.decides("settle")).toMatchObject({
    approvalId: approval.id,
    choice: "allow_once",
    by: { kind: "telegram", name: "Ann" },
  });
});

test("TG-46 BOT-04 a result is told before its job ends, and a cancel afterwards takes nothing of it away", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi } = scene;
  ann.sends("Fix the rounding");
  const job = await daemon.takesOrder();
  await daemon.tells(job.id, story.started, story.claimed(), ...story.verified);
  await daemon.asks(job.id, mergeSubject);
  const result = await ann.sees("All checks passed");

  await daemon.tells(job.id, { type: "cancelled", by: { kind: "terminal", id: "ann", name: "Ann" } });
  await botApi.until(() => ann.chat.message(result.id)?.keyboard.length === 0);

  expect(ann.chat.message(result.id)?.text).toContain("All checks passed");
  expect(ann.chat.message(result.id)?.text).toContain("The rounding is fixed");
});
