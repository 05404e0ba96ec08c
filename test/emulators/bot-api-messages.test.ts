import { expect, test } from "vitest";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import { call, refusal } from "./bot-api-call.ts";

const chat_id = 1001;
const ann = { id: chat_id, firstName: "Ann" };
const keyboard = (text: string, callback_data = text) => ({ inline_keyboard: [[{ text, callback_data }]] });

test("a bot writes only to chats it has met", async () => {
  await using botApi = await startBotApi();
  const shy = botApi.person({ ...ann, hasStarted: false });
  const send = (params: object) => refusal(botApi, "sendMessage", { text: "hi", ...params });

  expect(await send({})).toBe("400 Bad Request: chat_id is empty");
  expect(await send({ chat_id: 42 })).toBe("400 Bad Request: chat not found");
  expect(await send({ chat_id })).toBe("400 Bad Request: chat not found");
  shy.sends("/start");
  expect(await send({ chat_id: String(chat_id) })).toBeUndefined();
});

test("somebody who blocked the bot gets nothing, and the bot is told", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);

  person.blocks();
  expect(await refusal(botApi, "sendMessage", { chat_id, text: "hi" })).toBe(
    "403 Forbidden: bot was blocked by the user",
  );
  person.unblocks();

  expect(await refusal(botApi, "sendMessage", { chat_id, text: "hi" })).toBeUndefined();
  expect(botApi.updates).toMatchObject([
    { my_chat_member: { new_chat_member: { status: "kicked" } } },
    { my_chat_member: { new_chat_member: { status: "member" } } },
  ]);
});

test("an edit that changes nothing is refused", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann);
  const { result } = await call(botApi, "sendMessage", { chat_id, text: "Working", reply_markup: keyboard("Stop") });
  const edit = (params: object) =>
    refusal(botApi, "editMessageText", { chat_id, message_id: result.message_id, text: "Working", ...params });
  const same =
    "400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same " +
    "as a current content and reply markup of the message";

  expect(await edit({ reply_markup: keyboard("Stop") })).toBe(same);
  expect(await edit({ text: " Working \n", reply_markup: keyboard("Stop") })).toBe(same);
  expect(await edit({ text: "<b>Working</b>", parse_mode: "HTML", reply_markup: keyboard("Stop") })).toBeUndefined();
});

test("an edit without a keyboard takes the keyboard away, and every version is remembered", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const { result } = await call(botApi, "sendMessage", { chat_id, text: "Working", reply_markup: keyboard("Stop") });

  const edited = await call(botApi, "editMessageText", { chat_id, message_id: result.message_id, text: "Done" });

  expect(edited.result).toMatchObject({ text: "Done", edit_date: expect.any(Number) });
  expect(edited.result.reply_markup).toBeUndefined();
  expect(person.chat.messages[0]?.versions).toEqual([
    { text: "Working", entities: [], keyboard: [[{ text: "Stop", callback_data: "Stop" }]] },
    { text: "Done", entities: [], keyboard: [] },
  ]);
});

test("a keyboard changes alone", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const { result } = await call(botApi, "sendMessage", { chat_id, text: "Merge?", reply_markup: keyboard("Merge") });
  const edit = (reply_markup?: object) =>
    refusal(botApi, "editMessageReplyMarkup", { chat_id, message_id: result.message_id, reply_markup });

  expect(await edit(keyboard("Merge"))).toMatch(/message is not modified/);
  expect(await edit({ force_reply: true })).toBe("400 Bad Request: inline keyboard expected");
  expect(await edit()).toBeUndefined();
  expect(person.chat.messages[0]).toMatchObject({ text: "Merge?", keyboard: [] });
});

test("a bot edits only messages of its own that are there", async () => {
  await using botApi = await startBotApi();
  const foreign = botApi.person(ann).sends("mine");
  const edit = (message_id: number, text = "changed") =>
    refusal(botApi, "editMessageText", { chat_id, message_id, text });

  expect(await edit(999)).toBe("400 Bad Request: message to edit not found");
  expect(await edit(foreign.id)).toBe("400 Bad Request: message can't be edited");
  const { result } = await call(botApi, "sendMessage", { chat_id, text: "ours" });
  expect(await edit(result.message_id, "x".repeat(4_097))).toBe("400 Bad Request: MESSAGE_TOO_LONG");
  expect(await edit(result.message_id, "")).toBe("400 Bad Request: message text is empty");
  await call(botApi, "deleteMessage", { chat_id, message_id: result.message_id });
  expect(await edit(result.message_id)).toBe("400 Bad Request: message to edit not found");
});

test("a deleted message leaves the chat; after two days a bot can no longer delete", async () => {
  const day = 86_400_000;
  let now = Date.now();
  await using botApi = await startBotApi({ now: () => now });
  const person = botApi.person(ann);
  const first = (await call(botApi, "sendMessage", { chat_id, text: "first" })).result;
  const second = (await call(botApi, "sendMessage", { chat_id, text: "second" })).result;
  const remove = (message_id: number) => refusal(botApi, "deleteMessage", { chat_id, message_id });

  expect(await remove(first.message_id)).toBeUndefined();
  expect(await remove(first.message_id)).toBe("400 Bad Request: message to delete not found");
  now += 2 * day;
  expect(await remove(second.message_id)).toBe("400 Bad Request: message can't be deleted");
  expect(person.chat.messages.map(({ text }) => text)).toEqual(["second"]);
  expect(person.chat.deleted.map(({ text }) => text)).toEqual(["first"]);
});

test("a reply to a missing message needs leave to go without", async () => {
  await using botApi = await startBotApi();
  const task = botApi.person(ann).sends("fix it");
  const reply = (message_id: number, allow_sending_without_reply = false) =>
    call(botApi, "sendMessage", {
      chat_id,
      text: "on it",
      reply_parameters: { message_id, allow_sending_without_reply },
    });

  expect((await reply(task.id)).result.reply_to_message).toMatchObject({ message_id: task.id, text: "fix it" });
  expect((await reply(999)).description).toBe("Bad Request: message to be replied not found");
  const without = await reply(999, true);
  expect(without.ok).toBe(true);
  expect(without.result.reply_to_message).toBeUndefined();
});

test("a keyboard is checked button by button", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann);
  botApi.group({ id: -1001, title: "Team" });
  const send = (button: object, to = chat_id) =>
    refusal(botApi, "sendMessage", { chat_id: to, text: "?", reply_markup: { inline_keyboard: [[button]] } });

  expect(await send({ text: "ok", callback_data: "d".repeat(64) })).toBeUndefined();
  expect(await send({ text: "ok", callback_data: "d".repeat(65) })).toBe("400 Bad Request: BUTTON_DATA_INVALID");
  expect(await send({ text: "ok", callback_data: "項".repeat(22) })).toBe("400 Bad Request: BUTTON_DATA_INVALID");
  expect(await send({ text: "", callback_data: "d" })).toBe(
    "400 Bad Request: inline keyboard button text must be non-empty",
  );
  expect(await send({ text: "nothing behind it" })).toBe(
    "400 Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
  );
  const app = { text: "Diff", web_app: { url: "https://example.com" } };
  expect(await send(app)).toBeUndefined();
  expect(await send(app, -1001)).toBe("400 Bad Request: BUTTON_TYPE_INVALID");
  expect(await send({ text: "Diff", web_app: { url: "http://example.com" } })).toMatch(/Only HTTPS links are allowed/);
});

test("a silent message says so, and a pin and a reaction show", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const task = person.sends("fix it");
  const { result } = await call(botApi, "sendMessage", { chat_id, text: "card", disable_notification: true });

  await call(botApi, "pinChatMessage", { chat_id, message_id: result.message_id, disable_notification: true });
  const react = (emoji: string) =>
    refusal(botApi, "setMessageReaction", { chat_id, message_id: task.id, reaction: [{ type: "emoji", emoji }] });

  expect(await react("👀")).toBeUndefined();
  expect(await react("🚲")).toBe("400 Bad Request: REACTION_INVALID");
  expect(person.chat.message(task.id)).toMatchObject({ reaction: "👀", silent: false });
  expect(person.chat.message(result.message_id)).toMatchObject({ silent: true, pinned: true });

  await call(botApi, "setMessageReaction", { chat_id, message_id: task.id, reaction: [] });
  await call(botApi, "unpinChatMessage", { chat_id });
  expect(person.chat.message(task.id)?.reaction).toBeUndefined();
  expect(person.chat.message(result.message_id)?.pinned).toBe(false);
});

test("typing shows until a message comes", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);

  await call(botApi, "sendChatAction", { chat_id, action: "typing" });
  expect(person.chat.activity).toMatchObject({ action: "typing" });
  await call(botApi, "sendMessage", { chat_id, text: "here" });
  expect(person.chat.activity).toBeUndefined();

  expect(await refusal(botApi, "sendChatAction", { chat_id, action: "sleeping" })).toBe(
    "400 Bad Request: wrong parameter action in request",
  );
});

test("commands are checked, kept by scope and language, and shown to the person they are for", async () => {
  await using botApi = await startBotApi();
  const anna = botApi.person({ ...ann, languageCode: "ru" });
  const set = (commands: object[], more = {}) => refusal(botApi, "setMyCommands", { commands, ...more });
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ command: `c${index}`, description: "does something" }));

  expect(await set(many(100))).toBeUndefined();
  expect(await set(many(101))).toBe("400 Bad Request: BOT_COMMANDS_TOO_MUCH");
  expect(await set([{ command: "New", description: "x" }])).toBe("400 Bad Request: BOT_COMMAND_INVALID");
  expect(await set([{ command: "a".repeat(33), description: "x" }])).toMatch(/command length must not exceed 32/);
  expect(await set([{ command: "new", description: "" }])).toMatch(/command description must be non-empty/);
  expect(await set([{ command: "new", description: "x".repeat(257) }])).toMatch(/length must not exceed 256/);

  await set([{ command: "/new", description: "a task" }]);
  await set([{ command: "new", description: "задача" }], { language_code: "ru" });
  expect((await call(botApi, "getMyCommands")).result).toEqual([{ command: "new", description: "a task" }]);
  expect(botApi.commandsFor(anna)).toEqual([{ command: "new", description: "задача" }]);
  await set([{ command: "jobs", description: "yours" }], { scope: { type: "chat", chat_id } });
  expect(botApi.commandsFor(anna)).toEqual([{ command: "jobs", description: "yours" }]);
});
