import fc from "fast-check";
import { expect, test } from "vitest";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import { call, refusal } from "./bot-api-call.ts";

const chat_id = 1001;
const ann = { id: chat_id, firstName: "Ann" };

test("a text ends at 4096 UTF-16 units, counted after its markup is read", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann);
  const send = (text: string, parse_mode?: string) => refusal(botApi, "sendMessage", { chat_id, text, parse_mode });

  expect(await send("x".repeat(4_096))).toBeUndefined();
  expect(await send("x".repeat(4_097))).toBe("400 Bad Request: message is too long");
  expect(await send("😀".repeat(2_048))).toBeUndefined();
  expect(await send("😀".repeat(2_049))).toBe("400 Bad Request: message is too long");
  expect(await send(`<b>${"&lt;".repeat(4_096)}</b>`, "HTML")).toBeUndefined();
  expect(await send("x".repeat(33_000))).toBe("400 Bad Request: text is too long");
});

test("a text must say something", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann);
  const send = (params: object) => refusal(botApi, "sendMessage", { chat_id, ...params });

  expect(await send({})).toBe("400 Bad Request: message text is empty");
  expect(await send({ text: "" })).toBe("400 Bad Request: message text is empty");
  expect(await send({ text: " \n " })).toBe("400 Bad Request: text must be non-empty");
  expect(await send({ text: "<b></b>", parse_mode: "HTML" })).toBe("400 Bad Request: text must be non-empty");
});

test("blank ends are cut and entities move along", async () => {
  await using botApi = await startBotApi();
  const person = botApi.person(ann);

  await call(botApi, "sendMessage", { chat_id, text: "\n see <b>this  </b>\n\n", parse_mode: "HTML" });

  expect(person.chat.messages[0]).toMatchObject({
    text: "see this",
    entities: [{ type: "bold", offset: 4, length: 4 }],
  });
});

test("HTML becomes text with entities", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann);
  const read = async (text: string) => {
    const { result } = await call(botApi, "sendMessage", { chat_id, text, parse_mode: "HTML" });
    return [result.text, result.entities];
  };

  expect(await read("a &lt;b&gt; &amp; &quot;c&quot; &#128512; &copy;")).toEqual([`a <b> & "c" 😀 &copy;`, undefined]);
  expect(await read("😀 <i><b>x</b>y</i>")).toEqual([
    "😀 xy",
    [
      { type: "italic", offset: 3, length: 2 },
      { type: "bold", offset: 3, length: 1 },
    ],
  ]);
  expect(await read('<pre><code class="language-ts">let a;</code></pre>')).toEqual([
    "let a;",
    [{ type: "pre", offset: 0, length: 6, language: "ts" }],
  ]);
  expect(await read("<blockquote expandable>log</blockquote>")).toEqual([
    "log",
    [{ type: "expandable_blockquote", offset: 0, length: 3 }],
  ]);
  expect(await read('<a href="https://example.com/?a=1&amp;b=2">diff</a>')).toEqual([
    "diff",
    [{ type: "text_link", offset: 0, length: 4, url: "https://example.com/?a=1&b=2" }],
  ]);
  expect(await read('<a href="http://localhost:3000">diff</a>')).toEqual(["diff", undefined]);
  expect(await read("<S>a</S><U>b</U><tg-spoiler>c</tg-spoiler>")).toEqual([
    "abc",
    [
      { type: "strikethrough", offset: 0, length: 1 },
      { type: "underline", offset: 1, length: 1 },
      { type: "spoiler", offset: 2, length: 1 },
    ],
  ]);
});

test.each([
  ["<img src=x>", 'Unsupported start tag "img" at byte offset 0'],
  ["é <h1>x</h1>", 'Unsupported start tag "h1" at byte offset 3'],
  ["1 < 2", 'Unsupported start tag "" at byte offset 2'],
  ["<b>x", `Can't find end tag corresponding to start tag "b"`],
  ["<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
  ["x</b>", "Unexpected end tag at byte offset 1"],
  ["<b>x</b", "Unclosed end tag at byte offset 4"],
  ["x <b", "Unclosed start tag at byte offset 2"],
  ["<a href", 'Unclosed start tag "a" at byte offset 0'],
  ['<a href="x', "Unclosed start tag at byte offset 0"],
  ["<a href=a_b>x</a>", "Unexpected end of name token at byte offset 8"],
  ['<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'],
  ["<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
])("the markup %j is refused in Telegram's words", async (text, reason) => {
  await using botApi = await startBotApi();
  botApi.person(ann);

  const words = await refusal(botApi, "sendMessage", { chat_id, text, parse_mode: "HTML" });

  expect(words).toBe(`400 Bad Request: can't parse entities: ${reason}`);
});

test("any text survives escaping for HTML", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann);
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }), async (text) => {
      const plain = await call(botApi, "sendMessage", { chat_id, text: `.${text}.` });
      const html = await call(botApi, "sendMessage", { chat_id, text: `.${escaped(text)}.`, parse_mode: "HTML" });
      expect(html.result.text).toBe(plain.result.text);
    }),
    { numRuns: 50 },
  );
});

test("an unknown parse_mode is refused", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann);

  expect(await refusal(botApi, "sendMessage", { chat_id, text: "x", parse_mode: "BBCode" })).toBe(
    "400 Bad Request: unsupported parse_mode",
  );
  expect(await refusal(botApi, "sendMessage", { chat_id, text: "x", parse_mode: "MarkdownV2" })).toMatch(/emulator/);
});

test("an entity lies inside the text, between whole symbols", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann);
  const send = (text: string, offset: number, length: number, more = {}) =>
    refusal(botApi, "sendMessage", { chat_id, text, entities: [{ type: "bold", offset, length, ...more }] });

  expect(await send("a😀b", 1, 2)).toBeUndefined();
  expect(await send("a😀b", 2, 2)).toBe(
    "400 Bad Request: entity begins in a middle of a UTF-16 symbol at byte offset 5",
  );
  expect(await send("a😀b", 0, 2)).toMatch(/entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol/);
  expect(await send("abc", 1, 3)).toMatch(/offset 1 ends after the end of the text at UTF-16 offset 4/);
  expect(await send("abc", 4, 1)).toBe("400 Bad Request: entity begins after the end of the text at UTF-16 offset 4");
  expect(await send("abc", -1, 1)).toBe("400 Bad Request: receive an entity with incorrect offset -1");
  expect(await send("abc", 0, 1, { type: "huge" })).toMatch(/can't parse MessageEntity: Unsupported type specified/);
  expect(await send("abc", 0, 0)).toBeUndefined();
});

test.each([
  ["http://localhost:3000/diff", "Wrong HTTP URL"],
  ["src/app.ts:12", "Wrong HTTP URL"],
  ["file:///etc/passwd", "Unsupported URL protocol"],
])("the link %s is refused in a text and on a button: %s", async (url, problem) => {
  await using botApi = await startBotApi();
  botApi.person(ann);
  const entities = [{ type: "text_link", offset: 0, length: 1, url }];
  const reply_markup = { inline_keyboard: [[{ text: "Open", url }]] };

  expect(await refusal(botApi, "sendMessage", { chat_id, text: "x", entities })).toBe(
    `400 Bad Request: entity URL '${url}' is invalid: ${problem}`,
  );
  expect(await refusal(botApi, "sendMessage", { chat_id, text: "x", reply_markup })).toBe(
    `400 Bad Request: inline keyboard button URL '${url}' is invalid: ${problem}`,
  );
});

test("Telegram finds commands, links and mentions by itself, but not in code", async () => {
  await using botApi = await startBotApi();
  botApi.person(ann);
  const text = "/status@chargehand_bot see https://example.com/a. @ann <code>/help</code>";

  const { result } = await call(botApi, "sendMessage", { chat_id, text, parse_mode: "HTML" });

  const found = result.entities.map(({ type, offset, length }: { type: string; offset: number; length: number }) => [
    type,
    result.text.slice(offset, offset + length),
  ]);
  expect(found).toEqual([
    ["bot_command", "/status@chargehand_bot"],
    ["url", "https://example.com/a"],
    ["mention", "@ann"],
    ["code", "/help"],
  ]);
});
