import { run } from "@grammyjs/runner";
import { Bot, GrammyError, InlineKeyboard, InputFile } from "grammy";
import { expect, test } from "vitest";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";

test("a command reaches a polling grammY bot, and the person sees its answer", async () => {
  await using botApi = await startBotApi();
  const ann = botApi.person({ id: 1001, firstName: "Ann" });
  const bot = new Bot(botApi.token, { client: { apiRoot: botApi.apiRoot } });
  bot.command("start", (context) => context.reply("hello <b>you</b>", { parse_mode: "HTML" }));
  const polling = bot.start();

  ann.sends("/start");
  const answer = await ann.sees("hello");

  expect(answer.text).toBe("hello you");
  expect(answer.entities).toEqual([{ type: "bold", offset: 6, length: 3 }]);
  await bot.stop();
  await polling;
});

test("a tap is answered, and the message changes in place", async () => {
  await using botApi = await startBotApi();
  const ann = botApi.person({ id: 1001, firstName: "Ann" });
  const bot = new Bot(botApi.token, { client: { apiRoot: botApi.apiRoot } });
  bot.command("start", (context) =>
    context.reply("Merge?", { reply_markup: new InlineKeyboard().text("Merge", "m:1") }),
  );
  bot.callbackQuery("m:1", async (context) => {
    await context.answerCallbackQuery({ text: "Merging" });
    await context.editMessageText("Merged.");
  });
  const runner = run(bot);

  ann.sends("/start");
  const question = await ann.sees("Merge?");
  const tap = ann.taps(question, "Merge");

  expect(await botApi.until(() => tap.answer)).toMatchObject({ text: "Merging", showAlert: false });
  const merged = await ann.sees("Merged.");
  expect(merged.id).toBe(question.id);
  expect(merged.keyboard).toEqual([]);
  expect(merged.versions.map(({ text }) => text)).toEqual(["Merge?", "Merged."]);
  await runner.stop();
});

test("a document arrives with its name, its bytes and its caption", async () => {
  await using botApi = await startBotApi();
  const ann = botApi.person({ id: 1001, firstName: "Ann" });
  const { api } = new Bot(botApi.token, { client: { apiRoot: botApi.apiRoot } });

  await api.sendDocument(1001, new InputFile(Buffer.from("+ line\n"), "patch.diff"), { caption: "the diff" });

  const [message] = ann.chat.messages;
  expect(message).toMatchObject({ text: "the diff", attachment: { name: "patch.diff", size: 7 } });
  expect(Buffer.from(botApi.file(message?.attachment?.fileId ?? "") ?? []).toString()).toBe("+ line\n");
});

test("an injected refusal has the shape grammY reads", async () => {
  await using botApi = await startBotApi();
  botApi.person({ id: 1001, firstName: "Ann" });
  const { api } = new Bot(botApi.token, { client: { apiRoot: botApi.apiRoot } });
  botApi.inject({ method: "sendMessage", error: { code: 429, retryAfter: 3 } });

  const error = await api.sendMessage(1001, "hi").catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(GrammyError);
  expect(error).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } });
  expect(botApi.callsOf("sendMessage")).toMatchObject([{ outcome: 429, params: { text: "hi" } }]);
});
