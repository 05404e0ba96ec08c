import { run } from "@grammyjs/runner";
import { Bot, GrammyError, HttpError } from "grammy";
import { expect, test } from "vitest";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import { call, refusal } from "./bot-api-call.ts";

const ann = { id: 1001, firstName: "Ann" };

test("a refusal hits as many calls as it was told, and has no effect on the chat", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  botApi.inject({ method: "sendMessage", times: 2, error: { code: 429, retryAfter: 37 } });
  const send = () => call(botApi, "sendMessage", { chat_id: 1001, text: "hi" });

  const tooMany = {
    ok: false,
    error_code: 429,
    description: "Too Many Requests: retry after 37",
    parameters: { retry_after: 37 },
  };
  expect(await send()).toEqual(tooMany);
  expect(await send()).toEqual(tooMany);
  expect(person.chat.messages).toEqual([]);
  expect((await send()).ok).toBe(true);
});

test("a fault can be meant for one chat", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann);
  botApi.person({ id: 1002, firstName: "Bob" });
  botApi.inject({ method: "*", chatId: 1001, error: { code: 403, description: "Forbidden: user is deactivated" } });

  expect(await refusal(botApi, "sendMessage", { chat_id: 1002, text: "hi" })).toBeUndefined();
  expect(await refusal(botApi, "sendMessage", { chat_id: 1001, text: "hi" })).toBe(
    "403 Forbidden: user is deactivated",
  );
});

test("a dropped connection leaves the caller in doubt, and the chat shows what happened", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const { api } = new Bot(botApi.token, { client: { apiRoot: botApi.apiRoot } });
  const send = (text: string) => api.sendMessage(1001, text).catch((error: unknown) => error);

  botApi.inject({ method: "sendMessage", dropConnection: "before" });
  expect(await send("lost on the way there")).toBeInstanceOf(HttpError);
  botApi.inject({ method: "sendMessage", dropConnection: "after" });
  expect(await send("lost on the way back")).toBeInstanceOf(HttpError);

  expect(person.chat.messages.map(({ text }) => text)).toEqual(["lost on the way back"]);
  expect(botApi.callsOf("sendMessage").map(({ outcome }) => outcome)).toEqual(["dropped", "dropped"]);
});

test("a gateway answers with a page", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann);
  botApi.inject({ method: "sendMessage", status: 502 });

  const response = await fetch(`${botApi.apiRoot}/bot${botApi.token}/sendMessage?chat_id=1001&text=hi`);

  expect(response.status).toBe(502);
  expect(response.headers.get("content-type")).toBe("text/html");
});

test("a call can be held until the test lets it go", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const gate = Promise.withResolvers<void>();
  botApi.inject({ method: "sendMessage", hold: gate.promise });

  const sending = call(botApi, "sendMessage", { chat_id: 1001, text: "held" });
  await botApi.until(() => botApi.callsOf("sendMessage").length === 1);
  expect(person.chat.messages).toEqual([]);
  gate.resolve();

  expect((await sending).ok).toBe(true);
});

test("a delayed call takes effect late", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  botApi.inject({ method: "sendMessage", delayMs: 20 });

  const sending = call(botApi, "sendMessage", { chat_id: 1001, text: "late" });
  await botApi.until(() => botApi.callsOf("sendMessage").length === 1);

  await person.sees("late");
  expect((await sending).ok).toBe(true);
});

test("a runner that met a second poller ends with 409, and another one serves on", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const bot = new Bot(botApi.token, { client: { apiRoot: botApi.apiRoot } });
  bot.on("message", (context) => context.reply(`echo ${context.message.text}`));
  const first = run(bot, { runner: { silent: true } });
  const ended = first.task()?.catch((error: unknown) => error);
  await botApi.until(() => botApi.isPolled);

  await call(botApi, "getUpdates");
  const error = await ended;
  expect(error).toBeInstanceOf(GrammyError);
  expect(error).toMatchObject({ error_code: 409 });

  const second = run(bot);
  person.sends("still there?");
  await person.sees("echo still there?");
  await second.stop();
});

test("rate limits hold one message a second in a chat, after a short burst, and say how long to wait", async () => {
  let now = 1_800_000_000_000;
  await using botApi = await startBotApi({ rateLimits: true, now: () => now });
  botApi.person(ann);
  botApi.person({ id: 1002, firstName: "Bob" });
  const send = (chat_id: number) => call(botApi, "sendMessage", { chat_id, text: "hi" });

  for (let burst = 0; burst < 4; burst += 1) expect((await send(1001)).ok).toBe(true);
  expect(await send(1001)).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } });
  expect((await send(1002)).ok).toBe(true);
  now += 3_000;
  expect((await send(1001)).ok).toBe(true);
});

test("rate limits hold twenty messages a minute in a group, edits included", async () => {
  let now = 1_800_000_000_000;
  await using botApi = await startBotApi({ rateLimits: true, now: () => now });
  botApi.group({ id: -1001, title: "Team" });
  const { result } = await call(botApi, "sendMessage", { chat_id: -1001, text: "card" });
  const edit = (text: string) =>
    call(botApi, "editMessageText", { chat_id: -1001, message_id: result.message_id, text });
  for (let second = 1; second < 20; second += 1) {
    now += 1_000;
    expect((await edit(`second ${second}`)).ok).toBe(true);
  }

  expect(await edit("one too many")).toMatchObject({ error_code: 429, parameters: { retry_after: 41 } });
  now += 41_000;
  expect((await edit("after the wait")).ok).toBe(true);
});

test("rate limits hold thirty messages a second in all", async () => {
  await using botApi = await startBotApi({ rateLimits: true, now: () => 1_800_000_000_000 });
  const people = Array.from({ length: 31 }, (_, index) => botApi.person({ id: 2_000 + index, firstName: "P" }));

  const answers = await Promise.all(people.map(({ id }) => call(botApi, "sendMessage", { chat_id: id, text: "hi" })));

  expect(answers.filter(({ ok }) => ok)).toHaveLength(30);
  expect(answers.filter(({ error_code }) => error_code === 429)).toHaveLength(1);
});
