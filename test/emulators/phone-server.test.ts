import { request } from "node:http";
import { expect, test } from "vitest";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import { startPhone } from "../../src/emulators/phone/server.ts";
import { call } from "./bot-api-call.ts";

const chat_id = 1001;

async function openPhone() {
  const scope = new AsyncDisposableStack();
  const botApi = scope.use(await startBotApi());
  const ann = botApi.person({ id: chat_id, firstName: "Ann" });
  const { url } = scope.use(await startPhone({ botApi, person: ann, suggestions: ["Fix it"] }));
  return { botApi, ann, url, [Symbol.asyncDispose]: () => scope.disposeAsync() };
}

/** A POST with any headers at all; fetch would not let a test lie about its host. */
function post(address: string | URL, body: unknown, headers: Record<string, string> = {}): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const sending = request(address, { method: "POST", headers: { "content-type": "application/json", ...headers } });
  sending.once("error", reject).once("response", (response) => {
    response.resume();
    resolve(response.statusCode);
  });
  sending.end(JSON.stringify(body));
  return promise;
}

test("nobody types a task without the key, from another page or under another name", async () => {
  await using phone = await openPhone();
  const { origin, host, pathname } = new URL(phone.url);
  const task = { text: "delete everything" };
  const send = `${phone.url}send`;

  expect(await post(`${origin}/send`, task)).toBe(403);
  expect(await post(`${origin}/${"x".repeat(pathname.length - 2)}/send`, task)).toBe(403);
  expect(await post(send, task, { origin: "https://evil.example" })).toBe(403);
  expect(await post(send, task, { origin: "null" })).toBe(403);
  expect(await post(send, task, { host: "evil.example" })).toBe(403);
  expect(await post(send, task, { "content-type": "text/plain" })).toBe(400);
  expect(phone.ann.chat.messages).toEqual([]);

  expect(await post(send, task, { origin, host })).toBe(200);
  expect(phone.ann.chat.messages).toHaveLength(1);
});

test("what the phone does not understand is refused", async () => {
  await using phone = await openPhone();

  expect(await post(`${phone.url}send`, { text: "  " })).toBe(400);
  expect(await post(`${phone.url}send`, { words: "hi" })).toBe(400);
  expect(await post(`${phone.url}tap`, { messageId: 1, data: "merge" })).toBe(400);
  expect(await post(`${phone.url}rocket`, {})).toBe(404);
});

test("neither the page, nor the chat, nor a file is given without the key", async () => {
  await using phone = await openPhone();
  const { origin } = new URL(phone.url);
  const status = async (path: string) => (await fetch(`${origin}${path}`)).status;

  expect(await Promise.all(["/", "/events", "/app.js", "/files/emulated-file-1"].map(status))).toEqual([
    403, 403, 403, 403,
  ]);
});

test("the page may load nothing from elsewhere and may not be framed", async () => {
  await using phone = await openPhone();

  const { status, headers } = await fetch(phone.url);

  expect(status).toBe(200);
  expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect((await fetch(`${phone.url}../server.ts`)).status).not.toBe(200);
  expect((await fetch(`${phone.url}app.js`)).headers.get("content-type")).toMatch("text/javascript");
});

test("a page that was away gets what it missed, and only that", async () => {
  await using phone = await openPhone();
  const { botApi } = phone;
  const first = (await call(botApi, "sendMessage", { chat_id, text: "first" })).result;
  await call(botApi, "sendMessage", { chat_id, text: "second" });
  const before = await readEvent(phone.url);
  expect(before.news.messages.map(({ text }: { text: string }) => text)).toEqual(["first", "second"]);
  expect(before.news.suggestions).toEqual(["Fix it"]);

  await call(botApi, "deleteMessage", { chat_id, message_id: first.message_id });
  await call(botApi, "sendMessage", { chat_id, text: "third" });
  const after = await readEvent(phone.url, before.id);

  expect(after.news.messages.map(({ text }: { text: string }) => text)).toEqual(["third"]);
  expect(after.news.deletedIds).toEqual([first.message_id]);
});

/** The first event of the stream, as a browser would name the last one it had. */
async function readEvent(url: string, lastEventId?: string) {
  const leaving = new AbortController();
  const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
  const response = await fetch(`${url}events`, { headers, signal: leaving.signal });
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes("\n\n")) break;
  }
  leaving.abort();
  const [, id = "", data = "{}"] = /^id: (\d+)\ndata: (.*)\n\n/.exec(text) ?? [];
  return { id, news: JSON.parse(data) };
}
