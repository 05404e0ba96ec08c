import { expect, test } from "vitest";
import type { Scene } from "./support/scene.ts";
import { startScenePlaying } from "./support/scene.ts";
import { mergeSubject, story } from "./support/story.ts";

async function orders({ ann, daemon }: Scene, count: number, where: { chatId?: number; threadId?: number } = {}) {
  const jobs = [];
  for (let number = 1; number <= count; number += 1) {
    ann.sends(`/new Task ${number}.`, where);
    jobs.push(await daemon.takesOrder(`Task ${number}.`));
  }
  return jobs;
}

test("DU-04 BOT-01 four jobs in a chat have a card each, the fifth opens one overview and the cards rest", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi } = scene;
  const jobs = await orders(scene, 4);
  for (const { id } of jobs) await daemon.tells(id, story.started, story.step(`npm test ${id}`));
  for (const { id } of jobs) await ann.sees(new RegExp(`${id}[\\s\\S]*npm test ${id}`));
  expect(ann.chat.messages.some(({ text }) => text.includes("jobs at once"))).toBe(false);

  const [fifth] = await orders(scene, 1);
  const overview = await ann.sees("5 jobs at once · shop");
  const cardsOf = () => ann.chat.messages.filter(({ text }) => text.includes("Cancel") || /^[▸◌]/.test(text));
  await botApi.until(() => cardsOf().every(({ text }) => text.includes("The overview shows how it stands.")));
  const before = cardsOf().map(({ versions }) => versions.length);
  for (const { id } of jobs)
    await daemon.tells(id, story.step("npm run build", "build"), story.progress("build", "Linking"));
  await daemon.tells(fifth?.id ?? "", story.started, story.step("codex exec 'Fix it'"));
  await botApi.until(() => /codex exec/.test(ann.chat.message(overview.id)?.text ?? ""));

  const { text } = ann.chat.message(overview.id) ?? { text: "" };
  for (const { id } of jobs) expect(text).toMatch(new RegExp(`▸ ${id} Task \\d\\.\\n    Linking · <1m`));
  expect(cardsOf().map(({ versions }) => versions.length)).toEqual(before);
  expect(cardsOf().every(({ keyboard }) => keyboard.flat()[0]?.text === "Cancel")).toBe(true);
});

test("DU-04 DU-12 a bot that is started again finds its overview, and goes on in the same message", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi, bot } = scene;
  const jobs = await orders(scene, 6);
  const overview = await ann.sees("6 jobs at once");
  await bot.stops();
  const [first, second] = jobs;
  await daemon.tells(first?.id ?? "", story.started, story.step("npm run long"));
  await daemon.tells(second?.id ?? "", story.started, ...story.rejected);
  scene.startsBot();

  await botApi.until(() => ann.chat.message(overview.id)?.text.includes("5 jobs at once"));
  await botApi.until(() => ann.chat.message(overview.id)?.text.includes("npm run long"));
  await botApi.until(() => ann.chat.messages.some(({ text }) => text.includes("unit ends with:")));
  await botApi.until(() => ann.chat.messages.some(({ text, silent }) => silent && text.startsWith("✗ Rejected")));

  expect(ann.chat.messages.filter(({ text }) => text.includes("jobs at once"))).toHaveLength(1);
  const cards = ann.chat.messages.filter(({ silent, text }) => silent && !text.includes("at once"));
  expect(cards.filter(({ from }) => from.id === botApi.bot.id)).toHaveLength(6);
});

test("BOT-01 when few jobs are left the overview closes, their cards work again, and every card ends true", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi } = scene;
  const jobs = await orders(scene, 5);
  const overview = await ann.sees("5 jobs at once");
  for (const { id } of jobs.slice(0, 3)) await daemon.tells(id, story.started, ...story.rejected);
  await botApi.until(() => ann.chat.message(overview.id)?.text.includes("Overview closed"));
  const [left] = jobs.slice(3);
  await daemon.tells(left?.id ?? "", story.started, story.step("npm run alone"));
  await ann.sees("npm run alone");
  for (const { id } of jobs.slice(3)) await daemon.tells(id, story.started, ...story.rejected);
  const cards = () => ann.chat.messages.filter(({ silent, text }) => silent && text.startsWith("✗ Rejected"));
  await botApi.until(() => cards().length === 5);

  expect(ann.chat.message(overview.id)?.text).toBe("■ Overview closed\n2 jobs are left; their cards show them.");
  expect(cards().every(({ keyboard }) => keyboard.length === 0)).toBe(true);
});

test("BOT-01 the next crowd has a new overview, lower in the chat", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi } = scene;
  for (const { id } of await orders(scene, 5)) await daemon.tells(id, story.started, ...story.rejected);
  await botApi.until(() => ann.chat.messages.some(({ text }) => text.includes("Overview closed")));

  for (let number = 6; number <= 10; number += 1) {
    ann.sends(`Task ${number}.`);
    await daemon.takesOrder(`Task ${number}.`);
  }
  await ann.sees("5 jobs at once");

  expect(ann.chat.messages.filter(({ text }) => /at once|Overview closed/.test(text))).toHaveLength(2);
});

test("BOT-08 each topic of a forum has an overview of its own, and what waits for a person stands first", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi } = scene;
  const team = botApi.group({ id: -1_001, title: "Team", isForum: true, botIsAdministrator: true });
  ann.sends("Hello everybody", { chatId: team.id });
  const topic = ann.opensTopic(team.id, "shop");
  const there = { chatId: team.id, threadId: topic.threadId };
  const jobs = await orders(scene, 5, there);
  const last = jobs.at(-1)?.id ?? "";
  await daemon.tells(last, story.started, story.claimed(), ...story.verified);
  await daemon.asks(last, mergeSubject);

  const overview = await ann.sees("◆ 1 waits for you · ◌ 4 queued", there);
  expect(overview.text).toMatch(new RegExp(`queued\\n\\n◆ ${last} Task 5\\.\\n    Merge\\? · `));
  ann.sends("/new Task 6.", { chatId: team.id });
  await daemon.takesOrder("Task 6.");
  await ann.sees("◌ Queued", { chatId: team.id });
});
