import { expect, test } from "vitest";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import { call } from "./bot-api-call.ts";

const ann = { id: 1001, firstName: "Ann" };

test("an update comes again until a higher offset confirms it", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  person.sends("one");
  person.sends("two");

  const first = await call(botApi, "getUpdates");
  const again = await call(botApi, "getUpdates");
  expect(again).toEqual(first);
  expect(first.result).toHaveLength(2);

  const [one] = first.result;
  const rest = await call(botApi, "getUpdates", { offset: one.update_id + 1 });
  expect(rest.result).toMatchObject([{ update_id: one.update_id + 1, message: { text: "two" } }]);
  expect(botApi.pendingUpdates).toHaveLength(1);
});

test("a negative offset counts from the end and forgets what was before", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  for (const text of ["one", "two", "three"]) person.sends(text);

  const { result } = await call(botApi, "getUpdates", { offset: -1 });

  expect(result).toMatchObject([{ message: { text: "three" } }]);
  expect(botApi.pendingUpdates).toHaveLength(1);
});

test("a limit outside 1 to 100 is moved inside", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  for (let index = 0; index < 120; index += 1) person.sends(`message ${index}`);

  expect((await call(botApi, "getUpdates", { limit: 500 })).result).toHaveLength(100);
  expect((await call(botApi, "getUpdates", { limit: 0 })).result).toHaveLength(1);
});

test("a long poll wakes when a person writes", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);

  const poll = call(botApi, "getUpdates", { timeout: 50 });
  await botApi.until(() => botApi.isPolled);
  person.sends("wake up");

  expect((await poll).result).toMatchObject([{ message: { text: "wake up", from: { id: 1001 } } }]);
});

test("a second poller ends the poll of the first with 409 and goes on itself", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);

  const older = call(botApi, "getUpdates", { timeout: 50 });
  await botApi.until(() => botApi.isPolled);
  const newer = call(botApi, "getUpdates", { timeout: 50 });

  expect(await older).toEqual({
    ok: false,
    error_code: 409,
    description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
  });
  person.sends("for the newer one");
  expect((await newer).result).toHaveLength(1);
});

test("a poller that goes away takes no update with it", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const leaving = new AbortController();
  const url = `${botApi.apiRoot}/bot${botApi.token}/getUpdates?timeout=50`;
  const poll = fetch(url, { signal: leaving.signal }).catch(() => "gone");
  await botApi.until(() => botApi.isPolled);

  leaving.abort();
  expect(await poll).toBe("gone");
  await botApi.until(() => !botApi.isPolled);
  person.sends("still here");

  expect((await call(botApi, "getUpdates")).result).toHaveLength(1);
});

test("allowed_updates holds for what comes after, and is remembered", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  const question = (await call(botApi, "sendMessage", { chat_id: 1001, text: "?", reply_markup: keyboard })).result;
  await call(botApi, "getUpdates", { allowed_updates: ["callback_query"] });

  person.sends("not wanted");
  person.taps({ chatId: 1001, id: question.message_id }, "Yes");

  expect((await call(botApi, "getUpdates")).result).toMatchObject([{ callback_query: { data: "yes" } }]);
});

const keyboard = { inline_keyboard: [[{ text: "Yes", callback_data: "yes" }]] };

test("while a webhook is set nobody polls", async () => {
  await using botApi = await startBotApi();
  const waiting = call(botApi, "getUpdates", { timeout: 50 });
  await botApi.until(() => botApi.isPolled);

  await call(botApi, "setWebhook", { url: "https://example.com/hook" });

  expect(await waiting).toMatchObject({ error_code: 409, description: "Conflict: terminated by setWebhook request" });
  expect(await call(botApi, "getUpdates")).toMatchObject({
    error_code: 409,
    description:
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  });
  expect((await call(botApi, "getWebhookInfo")).result).toMatchObject({ url: "https://example.com/hook" });
});

test("deleteWebhook drops what waits only when it is told to", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);
  person.sends("sent while the bot was down");

  await call(botApi, "deleteWebhook");
  expect((await call(botApi, "getWebhookInfo")).result).toMatchObject({ url: "", pending_update_count: 1 });

  await call(botApi, "deleteWebhook", { drop_pending_updates: true });
  expect((await call(botApi, "getWebhookInfo")).result.pending_update_count).toBe(0);
});

test("a confirmed update can be delivered once more under its old number", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann).sends("run the tests");
  const [update] = botApi.updates;
  await call(botApi, "getUpdates", { offset: (update?.update_id ?? 0) + 1 });

  botApi.deliverAgain(update ?? expect.fail("there is an update"));

  const { result } = await call(botApi, "getUpdates", { offset: (update?.update_id ?? 0) + 1 });
  expect(result).toEqual([update]);
  expect((await call(botApi, "getUpdates")).result).toEqual([]);
});

test("a revoked token ends the poll that waits and refuses every call", async () => {
  await using botApi = await startBotApi();
  const poll = call(botApi, "getUpdates", { timeout: 50 });
  await botApi.until(() => botApi.isPolled);

  botApi.revokeToken();

  const unauthorized = { ok: false, error_code: 401, description: "Unauthorized" };
  expect(await poll).toEqual(unauthorized);
  expect(await call(botApi, "getMe")).toEqual(unauthorized);
});
