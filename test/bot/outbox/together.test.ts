import { expect, test } from "vitest";
import type { Outbox } from "../../../src/bot/outbox/outbox.ts";
import { join } from "../../../src/bot/text/rich-text.ts";
import { message, type OutboxScene, startOutboxScene } from "../support/test-outbox.ts";

const slow = { chatMs: () => 600, overallMs: 0, perSecond: Infinity };

/** A result with its short form, in which it may be told together with others. */
function result(name: string, place = { chatId: 1001 }) {
  const keyboard = [[{ text: `Diff ${name}`, data: "d:x7k2m9qd" }]];
  return {
    ...message(`${name} has ended, with all its evidence`, { key: `ending-${name}`, place }),
    short: { ...join(`${name}, in short`), keyboard },
  };
}

/** The chat has had what it may have at once: whatever comes next waits for its turn. */
async function exhaust(outbox: Outbox, { ann }: OutboxScene) {
  await outbox.post(message("One"));
  await outbox.post(message("Two"));
  await ann.sees("Two");
}

async function post(outbox: Outbox, ...names: readonly string[]) {
  for (const name of names) await outbox.post(result(name));
}

test("BOT-05 results that wait for their turn are one message that rings once, with a button for each", async () => {
  await using scene = await startOutboxScene();
  const { ann } = scene;
  const outbox = await scene.opens(slow);

  await exhaust(outbox, scene);
  await post(outbox, "a", "b", "c");
  await outbox.post(message("Something else"));
  const together = await ann.sees("3 jobs have ended");
  await ann.sees("Something else");

  expect(ann.chat.messages.map(({ text }) => text)).toEqual([
    "One",
    "Two",
    "3 jobs have ended\n\na, in short\n\nb, in short\n\nc, in short",
    "Something else",
  ]);
  expect(together.keyboard.map((row) => row.map(({ text }) => text))).toEqual([["Diff a", "Diff b"], ["Diff c"]]);
  expect(together.silent).toBe(false);
});

test("DU-12 what was told together is known after a restart, and is not told again", async () => {
  await using scene = await startOutboxScene();
  const { ann } = scene;
  const outbox = await scene.opens(slow);
  await exhaust(outbox, scene);
  await post(outbox, "a", "b", "c");
  await ann.sees("3 jobs have ended");
  await outbox[Symbol.asyncDispose]();

  const next = await scene.opens();
  await post(next, "a", "b", "c");
  await next.post(message("Something else"));
  await ann.sees("Something else");

  expect(ann.chat.messages).toHaveLength(4);
});

test("TG-11 DU-12 results told together whose answer was lost come once more, together, with a label", async () => {
  await using scene = await startOutboxScene();
  const { ann, botApi } = scene;
  const outbox = await scene.opens(slow);
  await exhaust(outbox, scene);
  botApi.inject({ method: "sendMessage", dropConnection: "after" });
  await post(outbox, "b", "c");
  await ann.sees("2 jobs have ended");
  await outbox.post(result("d"));

  const again = await ann.sees("sent again");
  await ann.sees("d has ended");

  expect(again.text).toMatch(/^2 jobs have ended\n\nb, in short\n\nc, in short\n\n\(sent again/);
  expect(ann.chat.messages).toHaveLength(5);
});

test("TG-14 when Telegram does not take them together, each is told alone", async () => {
  await using scene = await startOutboxScene();
  const { ann, botApi } = scene;
  const outbox = await scene.opens(slow);
  await exhaust(outbox, scene);
  botApi.inject({ method: "sendMessage", error: { code: 400, description: "Bad Request: can't parse entities" } });

  await post(outbox, "b", "c");
  await ann.sees("b has ended");
  await ann.sees("c has ended");

  expect(ann.chat.messages.map(({ text }) => text)).not.toContain("2 jobs have ended");
});

test("BOT-08 results of different topics are never told together", async () => {
  await using scene = await startOutboxScene();
  const { ann, botApi } = scene;
  const team = botApi.group({ id: -1_001, title: "Team", isForum: true, botIsAdministrator: true });
  ann.sends("Hello everybody", { chatId: team.id });
  const topics = ["shop", "blog"].map((name) => ann.opensTopic(team.id, name).threadId);
  const outbox = await scene.opens(slow);

  for (const text of ["One", "Two"]) await outbox.post(message(text, { place: { chatId: team.id } }));
  await ann.sees("Two", { chatId: team.id });
  for (const [index, threadId] of [...topics, ...topics].entries()) {
    await outbox.post(result(`job${index}`, { chatId: team.id, threadId } as { chatId: number }));
  }
  for (const threadId of topics) await ann.sees("2 jobs have ended", { chatId: team.id, threadId });

  expect(botApi.callsOf("sendMessage")).toHaveLength(4);
});
