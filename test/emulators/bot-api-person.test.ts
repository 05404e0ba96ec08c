import { expect, test } from "vitest";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import { call, refusal } from "./bot-api-call.ts";

const chat_id = 1001;
const ann = { id: chat_id, firstName: "Ann", username: "ann", languageCode: "en" };
const reply_markup = {
  inline_keyboard: [[{ text: "Merge", callback_data: "merge:1" }], [{ text: "Open", url: "https://example.com" }]],
};

test("a text reaches the bot with its author, its chat and its commands marked", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann).sends("/new Fix the rounding");

  const { result } = await call(botApi, "getUpdates");

  expect(result[0].message).toEqual({
    message_id: 1,
    date: expect.any(Number),
    chat: { id: 1001, type: "private", first_name: "Ann", username: "ann" },
    from: { id: 1001, is_bot: false, first_name: "Ann", username: "ann", language_code: "en" },
    text: "/new Fix the rounding",
    entities: [{ type: "bot_command", offset: 0, length: 4 }],
  });
});

test("a long paste leaves the phone in several messages, and nothing of it is lost", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const words = Array.from({ length: 2_000 }, (_, index) => `word${index}`);

  person.sends(words.join(" "));

  const texts = botApi.updates.map((update) => (update.message as { text: string }).text);
  expect(texts.length).toBeGreaterThan(2);
  expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(4_096);
  expect(texts.join(" ").split(" ")).toEqual(words);
});

test("a paste without blanks is not cut through an emoji", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);

  person.sends(`x${"😀".repeat(3_000)}`);

  const texts = person.chat.messages.map(({ text }) => text);
  expect(texts.every((text) => text.isWellFormed())).toBe(true);
  expect(texts.join("")).toBe(`x${"😀".repeat(3_000)}`);
});

test("a phone sends no empty message", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);

  expect(() => person.sends(" \n")).toThrow("A phone sends no empty message.");
  expect(person.sends("  fix it\n").text).toBe("fix it");
});

test("a tap carries the message it was on; the answer comes back to the phone", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  await call(botApi, "sendMessage", { chat_id, text: "Merge?", reply_markup });
  const question = await person.sees("Merge?");

  const tap = person.taps(question, "Merge");
  const { result } = await call(botApi, "getUpdates");
  expect(result[0].callback_query).toMatchObject({
    id: tap.id,
    data: "merge:1",
    from: { id: 1001 },
    message: { message_id: question.id, text: "Merge?", reply_markup },
  });

  expect(tap.answer).toBeUndefined();
  await call(botApi, "answerCallbackQuery", { callback_query_id: tap.id, text: "Merging", show_alert: true });
  expect(tap.answer).toEqual({ text: "Merging", showAlert: true });
});

test("a tap takes one answer of at most 200 characters, while it is young", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  await call(botApi, "sendMessage", { chat_id, text: "Merge?", reply_markup });
  const question = await person.sees("Merge?");
  const answer = (callback_query_id: string, text = "") =>
    refusal(botApi, "answerCallbackQuery", { callback_query_id, text });
  const tooOld = "400 Bad Request: query is too old and response timeout expired or query ID is invalid";

  const tap = person.taps(question, "merge:1");
  expect(await answer(tap.id, "x".repeat(201))).toBe("400 Bad Request: MESSAGE_TOO_LONG");
  expect(await answer(tap.id, "x".repeat(200))).toBeUndefined();
  expect(await answer(tap.id)).toBe(tooOld);
  expect(await answer("4711")).toBe(tooOld);

  const late = person.taps(question, "merge:1");
  botApi.expireTaps();
  expect(late.isExpired).toBe(true);
  expect(await answer(late.id)).toBe(tooOld);
});

test("a button that is gone can only be tapped by a finger that was already on its way", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const { result } = await call(botApi, "sendMessage", { chat_id, text: "Merge?", reply_markup });
  await call(botApi, "editMessageText", { chat_id, message_id: result.message_id, text: "Merged." });
  const message = await person.sees("Merged.");

  expect(() => person.taps(message, "Merge")).toThrow('has no button "Merge". Its buttons: none.');
  expect(person.taps(message, "Merge", { stale: true }).data).toBe("merge:1");
});

test("a button that opens a page does not call the bot", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  await call(botApi, "sendMessage", { chat_id, text: "Merge?", reply_markup });
  const question = await person.sees("Merge?");

  expect(() => person.taps(question, "Open")).toThrow('The button "Open" does not call the bot.');
});

test("a person edits their message, and the bot is told", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const message = person.sends("fix it");

  person.edits(message, "fix it soon");

  expect(botApi.updates.at(-1)).toMatchObject({ edited_message: { message_id: message.id, text: "fix it soon" } });
});

test("a file from a phone can be fetched with its bytes", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);

  const bytes = Buffer.from("E = mc²");
  person.sendsFile({ name: "notes.txt", bytes, caption: "see the notes" });

  const [update] = (await call(botApi, "getUpdates")).result;
  expect(update.message).toMatchObject({ caption: "see the notes", document: { file_name: "notes.txt" } });
  const { result } = await call(botApi, "getFile", { file_id: update.message.document.file_id });
  const download = await fetch(`${botApi.apiRoot}/file/bot${botApi.token}/${result.file_path}`);
  expect(Buffer.from(await download.arrayBuffer())).toEqual(bytes);
  expect(await refusal(botApi, "getFile", { file_id: "unknown" })).toBe("400 Bad Request: invalid file_id");
});

test("a wait in vain shows the chat, the last calls and who polls", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  person.sends("/new Fix it");
  await call(botApi, "sendMessage", { chat_id, text: "Queued", disable_notification: true, reply_markup });
  await call(botApi, "sendMessage", { chat_id, text: "" });

  const failure = await person.sees("Merged", { timeoutMs: 1 }).catch((error: Error) => error.message);

  expect(failure).toBe(
    [
      "Waited 1 ms in vain.",
      "Chat with Ann (1001):",
      "  #1 Ann: /new Fix it",
      "  #2 Chargehand (silent): Queued",
      "      [Merge]",
      "      [Open]",
      'Last calls: sendMessage 200, sendMessage 400 "Bad Request: message text is empty"',
      "Updates not confirmed by the bot: 1; nobody polls now",
    ].join("\n"),
  );
});

test("a wait ends with the signal it was given", async () => {
  await using botApi = await startBotApi();
  const stopping = new AbortController();
  const waiting = botApi.until(() => false, { signal: stopping.signal }).catch((reason: unknown) => reason);

  stopping.abort("stop");

  expect(await waiting).toBe("stop");
});

test("closing the emulator ends every connection", async () => {
  const botApi = await startBotApi();
  const poll = call(botApi, "getUpdates", { timeout: 50 }).catch(() => "broken off");
  await botApi.until(() => botApi.isPolled);

  await botApi[Symbol.asyncDispose]();

  expect(await poll).toBe("broken off");
});
