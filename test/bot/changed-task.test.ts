import { expect, test } from "vitest";
import { maxTaskLength } from "../../src/core/task.ts";
import { type Scene, startScenePlaying } from "./support/scene.ts";
import { story } from "./support/story.ts";

async function withChangedTask(scene: Scene, text: string) {
  const { ann, daemon } = scene;
  ann.sends("Fix the rounding");
  const job = await daemon.takesOrder();
  await daemon.tells(job.id, story.started);
  return daemon.asks(job.id, { type: "task_changed", change: "text", snapshot: "a".repeat(64), text });
}

test("TR-08 BOT-03 a changed task rings, a tap takes the new text, and a reply is sent to the buttons", async () => {
  await using scene = await startScenePlaying();
  const { ann, botApi, daemon } = scene;
  const { id: approvalId, jobId } = await withChangedTask(scene, "<b>Round</b> half up.");
  const question = await ann.sees("The task changed");

  ann.sends("Take it", { replyTo: question });
  await ann.sees("This takes one of the buttons of the message.");
  const tap = ann.taps(question, "Take the new text");
  await botApi.until(() => tap.answer);
  const { choice, by } = await daemon.decides("settle");
  const settlement = { type: "chosen", choice, by } as const;
  await daemon.tells(jobId, { type: "approval_settled", approvalId, settlement });
  await botApi.until(() => ann.chat.message(question.id)?.text.endsWith("Ann takes the new text."));

  expect(question).toMatchObject({ silent: false, text: expect.stringContaining("<b>Round</b> half up.") });
  expect(tap.answer?.text).toBe("Going on with the new text.");
  expect(choice).toBe("take_text");
  expect(ann.chat.message(question.id)?.keyboard).toEqual([]);
  expect(daemon.submissions).toHaveLength(1);
});

test("TG-12 the longest text comes whole, in messages that Telegram takes, with the buttons at its end", async () => {
  await using scene = await startScenePlaying();
  const { ann, botApi } = scene;
  const word = "word👩‍👩‍👧 ";
  const words = word.repeat(Math.floor(maxTaskLength / word.length));
  await withChangedTask(scene, words);
  const last = await ann.sees("A stranger may have written it.");

  const parts = ann.chat.messages.filter(({ from, silent, text }) => {
    return from.id === botApi.bot.id && (text.includes("The task changed") || (text.includes("word") && silent));
  });
  const said = parts.map(({ text }) => text).join("");
  expect(said.split("word👩‍👩‍👧").length - 1).toBe(Math.floor(maxTaskLength / word.length));
  expect(parts.map(({ text }) => text.length <= 4_096)).toEqual(parts.map(() => true));
  expect(parts.filter(({ silent }) => !silent)).toHaveLength(1);
  expect(ann.chat.messages.filter(({ keyboard }) => keyboard.length === 3).map(({ id }) => id)).toEqual([last.id]);
});
