import { expect, test } from "vitest";
import { type Scene, startScenePlaying } from "./support/scene.ts";
import { commandSubject, mergeSubject, story } from "./support/story.ts";

function forum({ botApi, ann }: Scene) {
  const team = botApi.group({ id: -1_001, title: "Team", isForum: true, botIsAdministrator: true });
  // A topic has the number of the message that opened it, and 1 is General.
  ann.sends("Hello everybody", { chatId: team.id });
  return { team, topic: ann.opensTopic(team.id, "shop") };
}

test("TG-38 BOT-08 everything a job says stays in its topic, also after a restart", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi, bot } = scene;
  const { team, topic } = forum(scene);
  const there = { chatId: team.id, threadId: topic.threadId };

  ann.sends("/new Fix the rounding", there);
  const job = await daemon.takesOrder();
  await daemon.tells(job.id, story.started, story.step("codex exec 'Fix it'"));
  await ann.sees("codex exec", there);
  await daemon.asks(job.id, commandSubject());
  const question = await ann.sees("May this run?", there);
  ann.sends("Keep it", { ...there, replyTo: question });
  await ann.sees("Denied, and your words go to the orchestrator.", there);
  await bot.stops();
  scene.startsBot();
  await daemon.tells(job.id, story.claimed(), ...story.verified);
  await daemon.asks(job.id, mergeSubject);
  const result = await ann.sees("Merge puts it", there);
  await daemon.leavesPatch(job.id, "+a\n");
  ann.taps(result, "Diff");
  await ann.sees("+a", there);
  ann.sends("/jobs", there);
  await ann.sees("Latest jobs", there);

  const sends = botApi.calls.filter(({ method }) => method.startsWith("send"));
  expect(sends.map(({ params }) => params.message_thread_id)).toEqual(sends.map(() => topic.threadId));
  expect(ann.chat.messages).toEqual([]);
});

test("TG-37 in the General topic no topic is named", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi } = scene;
  const { team } = forum(scene);

  ann.sends("/new Fix the rounding", { chatId: team.id });
  const job = await daemon.takesOrder();
  await daemon.tells(job.id, story.started, ...story.rejected);
  await ann.sees("unit ends with:", { chatId: team.id });

  const sends = botApi.callsOf("sendMessage");
  expect(sends.length).toBeGreaterThanOrEqual(2);
  expect(sends.filter(({ params }) => "message_thread_id" in params)).toEqual([]);
});

test("a topic that was deleted gets nothing more, and the others do", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi } = scene;
  const { team, topic } = forum(scene);
  ann.sends("/new Fix the rounding", { chatId: team.id, threadId: topic.threadId });
  const job = await daemon.takesOrder();
  await ann.sees("Queued", { chatId: team.id });
  ann.deletesTopic(team.id, topic.threadId);

  await daemon.tells(job.id, story.started, ...story.rejected);
  await botApi.until(() => botApi.calls.some(({ refusal }) => refusal?.includes("thread not found")));
  ann.sends("/jobs", { chatId: team.id });
  await ann.sees("Latest jobs", { chatId: team.id });

  expect(botApi.chat(team.id).messages.filter(({ text }) => text.includes("unit ends with:"))).toEqual([]);
});

test("TG-39 in a group only commands, the bot's name and replies to it are for the bot", async () => {
  await using scene = await startScenePlaying();
  const { ann, daemon, botApi } = scene;
  const { team, topic } = forum(scene);
  const there = { chatId: team.id, threadId: topic.threadId };

  ann.sends("Shall we fix the rounding?", there);
  ann.sends("/new@another_bot Fix it", there);
  ann.sendsFile({ name: "notes.txt", bytes: new Uint8Array([1]) }, there);
  const eve = botApi.person({ id: 6_666, firstName: "Eve" });
  eve.sends("Hello everybody", there);
  ann.sends(`@${botApi.bot.username} Fix the rounding`, there);
  const job = await daemon.takesOrder();
  await ann.sees("Queued", there);

  expect(job.submission).toMatchObject({
    text: "Fix the rounding",
    origin: { type: "telegram", chatId: team.id, threadId: topic.threadId },
  });
  expect(daemon.submissions).toHaveLength(1);
  expect(botApi.callsOf("sendMessage")).toHaveLength(1);
});
