import { Bot, InputFile } from "grammy";
import type { MessageEntity, Chat as TelegramChat, User, UserFromGetMe } from "grammy/types";
import { expect, test } from "vitest";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import { call } from "./bot-api-call.ts";

const chat_id = 1001;
const ann = { id: chat_id, firstName: "Ann" };

test("the emulator's objects are Telegram's objects", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);

  const bot: UserFromGetMe = botApi.bot;
  const user: User = person.user;
  const chat: TelegramChat = person.chat.info;
  const entities: readonly Pick<MessageEntity, "offset" | "length">[] = person.sends("/start").entities;

  expect(entities).toHaveLength(1);
  expect([bot.id, user.id, chat.id]).toEqual([7_000_000_001, 1001, 1001]);
});

test("a wrong token, an unknown method and an unknown path are told apart", async () => {
  await using botApi = await startBotApi();
  const get = async (path: string) => {
    const response = await fetch(`${botApi.apiRoot}${path}`);
    return [response.status, await response.json()];
  };

  expect(await get("/bot123:wrong/getMe")).toEqual([401, { ok: false, error_code: 401, description: "Unauthorized" }]);
  expect(await get(`/bot${botApi.token}/sendRocket`)).toEqual([
    404,
    { ok: false, error_code: 404, description: "Not Found: method not found" },
  ]);
  expect(await get("/")).toEqual([404, { ok: false, error_code: 404, description: "Not Found" }]);
  expect(await get("//")).toEqual([404, { ok: false, error_code: 404, description: "Not Found" }]);
  expect((await get(`/file/bot${botApi.token}/documents/none`))[0]).toBe(404);
});

test("a method's name is found in any case, and its call is noted under its proper name", async () => {
  await using botApi = await startBotApi();

  expect((await call(botApi, "GETME")).result.username).toBe("chargehand_bot");
  expect(botApi.callsOf("getMe")).toHaveLength(1);
});

test("parameters are read from the query, from a form, from a form with files and from JSON", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const url = `${botApi.apiRoot}/bot${botApi.token}/sendMessage`;
  const silent = { chat_id: "1001", disable_notification: "true" };
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...silent, text: "multipart" })) form.append(name, value);

  await fetch(`${url}?${new URLSearchParams({ ...silent, text: "query" })}`);
  await fetch(url, { method: "POST", body: new URLSearchParams({ ...silent, text: "form" }) });
  await fetch(url, { method: "POST", body: form });
  await call(botApi, "sendMessage", { chat_id, disable_notification: true, text: "json" });

  expect(person.chat.messages.map(({ text, silent }) => [text, silent])).toEqual([
    ["query", true],
    ["form", true],
    ["multipart", true],
    ["json", true],
  ]);
});

test("a body that is no JSON object is refused", async () => {
  await using botApi = await startBotApi();
  const send = async (body: string) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${botApi.apiRoot}/bot${botApi.token}/getMe`, { method: "POST", headers, body });
    return response.status;
  };

  expect(await Promise.all([send("{"), send("[]"), send("null"), send("{}")])).toEqual([400, 400, 400, 200]);
});

test("a document is checked, and can be sent again by its id", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const { api } = new Bot(botApi.token, { client: { apiRoot: botApi.apiRoot } });
  const send = (file: InputFile | string, caption?: string) =>
    api.sendDocument(chat_id, file, caption === undefined ? {} : { caption }).then(
      ({ document }) => document.file_id,
      ({ description }) => description as string,
    );
  const log = () => new InputFile(Buffer.from("a log"), "run.log");

  expect(await send(log(), "x".repeat(1_025))).toBe("Bad Request: message caption is too long");
  expect(await send(new InputFile(Buffer.alloc(0), "empty.log"))).toBe("Bad Request: file must be non-empty");
  expect(await send("no-such-file")).toBe("Bad Request: wrong file identifier/HTTP URL specified");
  expect((await call(botApi, "sendDocument", { chat_id })).description).toBe(
    "Bad Request: there is no document in the request",
  );
  const fileId = await send(log(), "x".repeat(1_024));
  expect(await send(fileId)).toBe(fileId);
  expect(person.chat.messages.map(({ attachment }) => attachment?.name)).toEqual(["run.log", "run.log"]);
});

test("a document's caption can be edited, its text cannot", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const { api } = new Bot(botApi.token, { client: { apiRoot: botApi.apiRoot } });
  const { message_id } = await api.sendDocument(chat_id, new InputFile(Buffer.from("a log"), "run.log"));

  const edit = await call(botApi, "editMessageText", { chat_id, message_id, text: "x" });
  await api.editMessageCaption(chat_id, message_id, { caption: "the log" });

  expect(edit.description).toBe("Bad Request: there is no text in the message to edit");
  expect(person.chat.message(message_id)).toMatchObject({ text: "the log", attachment: { name: "run.log" } });
});

test("a call is noted with its parameters, its files and its outcome", async () => {
  await using botApi = await startBotApi({ now: () => 1_800_000_000_000 });
  botApi.person(ann);
  const { api } = new Bot(botApi.token, { client: { apiRoot: botApi.apiRoot } });

  await api.sendDocument(chat_id, new InputFile(Buffer.from("a log"), "run.log"), { disable_notification: true });

  const [noted] = botApi.callsOf("sendDocument");
  expect(noted).toMatchObject({ params: { chat_id, disable_notification: true }, at: 1_800_000_000_000, outcome: 200 });
  expect([...(noted?.files.values() ?? [])]).toMatchObject([{ name: "run.log" }]);
});
