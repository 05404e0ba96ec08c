import { expect, test } from "vitest";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import { call, refusal } from "./bot-api-call.ts";

const ann = { id: 1001, firstName: "Ann" };
const team = { id: -1001, title: "Team" };

test("privacy mode lets commands, mentions and replies through, and nothing else", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const group = botApi.group(team);
  const ours = (await call(botApi, "sendMessage", { chat_id: team.id, text: "hello team" })).result;
  const to = { chatId: team.id };

  const reached = [
    person.sends("just talking", to),
    person.sends("/status", to),
    person.sends("/status@chargehand_bot", to),
    person.sends("/status@other_bot", to),
    person.sends("@chargehand_bot look", to),
    person.sends("and this?", { ...to, replyTo: { id: ours.message_id } }),
  ].map(({ reachedBot }) => reachedBot);

  expect(reached).toEqual([false, true, true, false, true, true]);
  expect(botApi.updates).toHaveLength(4);
  expect(group.messages).toHaveLength(7);
});

test.each([
  ["an administrator", { botIsAdministrator: true }, {}],
  ["a bot without privacy mode", {}, { can_read_all_group_messages: true }],
])("%s hears everything", async (_who, group, bot) => {
  await using botApi = await startBotApi({ bot });
  const person = botApi.person(ann);
  botApi.group({ ...team, ...group });

  person.sends("just talking", { chatId: team.id });

  expect(botApi.updates).toMatchObject([{ message: { text: "just talking", chat: { type: "supergroup" } } }]);
});

test("private chats share their message numbers, and each group has its own", async () => {
  await using botApi = await startBotApi();
  const [first, second] = [botApi.person(ann), botApi.person({ id: 1002, firstName: "Bob" })];
  botApi.group(team);

  expect(first.sends("a").id).toBe(1);
  expect(second.sends("b").id).toBe(2);
  expect(first.sends("/c", { chatId: team.id }).id).toBe(1);
});

test("a message in a topic names the topic, and its opening is what it seems to reply to", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  botApi.group({ ...team, isForum: true, botIsAdministrator: true });
  const shop = person.opensTopic(team.id, "shop");

  person.sends("fix it", { chatId: team.id, threadId: shop.threadId });
  person.sends("in General", { chatId: team.id });

  const [opened, inShop, inGeneral] = botApi.updates.map((update) => update.message);
  expect(opened).toMatchObject({ message_id: shop.threadId, forum_topic_created: { name: "shop" } });
  expect(inShop).toMatchObject({
    message_thread_id: shop.threadId,
    is_topic_message: true,
    reply_to_message: { message_id: shop.threadId, forum_topic_created: { name: "shop" } },
  });
  expect(inGeneral).not.toHaveProperty("message_thread_id");
  expect(inGeneral).not.toHaveProperty("reply_to_message");
});

test("General's number is refused on sends and taken for typing", async () => {
  await using botApi = await startBotApi();
  botApi.group({ ...team, isForum: true });
  const general = { chat_id: team.id, message_thread_id: 1 };

  expect(await refusal(botApi, "sendMessage", { ...general, text: "hi" })).toBe(
    "400 Bad Request: message thread not found",
  );
  expect(await refusal(botApi, "sendChatAction", { ...general, action: "typing" })).toBeUndefined();
});

test("a deleted topic takes its messages along and can be written to no more", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const group = botApi.group({ ...team, isForum: true });
  const shop = person.opensTopic(team.id, "shop");
  const send = (message_thread_id: number) =>
    refusal(botApi, "sendMessage", { chat_id: team.id, message_thread_id, text: "hi" });
  expect(await send(shop.threadId)).toBeUndefined();

  person.deletesTopic(team.id, shop.threadId);

  expect(await send(shop.threadId)).toBe("400 Bad Request: message thread not found");
  expect(group.messages).toEqual([]);
  const again = person.opensTopic(team.id, "shop");
  expect(again.threadId).not.toBe(shop.threadId);
  expect(await send(again.threadId)).toBeUndefined();
});

test("an answer to a message in a topic stays in the topic", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  botApi.group({ ...team, isForum: true });
  const shop = person.opensTopic(team.id, "shop");
  const task = person.sends("/new fix it", { chatId: team.id, threadId: shop.threadId });

  const { result } = await call(botApi, "sendMessage", {
    chat_id: team.id,
    text: "on it",
    reply_parameters: { message_id: task.id },
  });

  expect(result).toMatchObject({ message_thread_id: shop.threadId, reply_to_message: { message_id: task.id } });
});

test("a group without topics ignores a topic's number, and a private chat refuses it", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann);
  botApi.group(team);
  const send = (chat_id: number) => call(botApi, "sendMessage", { chat_id, message_thread_id: 7, text: "hi" });

  expect((await send(team.id)).result).not.toHaveProperty("message_thread_id");
  expect((await send(ann.id)).description).toBe("Bad Request: message thread not found");
});

test("in a group a bot deletes and pins only with the rights for it", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  botApi.group(team);
  botApi.group({ id: -1002, title: "Ours", botIsAdministrator: true });
  const inTeam = person.sends("/a", { chatId: team.id });
  const inOurs = person.sends("/b", { chatId: -1002 });

  const pin = (chat_id: number, message_id: number) => refusal(botApi, "pinChatMessage", { chat_id, message_id });
  const remove = (chat_id: number, message_id: number) => refusal(botApi, "deleteMessage", { chat_id, message_id });

  expect(await pin(team.id, inTeam.id)).toBe(
    "400 Bad Request: not enough rights to manage pinned messages in the chat",
  );
  expect(await remove(team.id, inTeam.id)).toBe("400 Bad Request: message can't be deleted");
  expect(await pin(-1002, inOurs.id)).toBeUndefined();
  expect(await remove(-1002, inOurs.id)).toBeUndefined();
});
