import { text } from "node:stream/consumers";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BotApi } from "../../src/emulators/bot-api/bot-api.ts";
import type { Person } from "../../src/emulators/bot-api/person.ts";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import { startPhone } from "../../src/emulators/phone/server.ts";
import { call } from "./bot-api-call.ts";
import { chromiumPath, openBrowser } from "./phone-browser.ts";

const chat_id = 1001;

/** The number of the tap that the bot is told of. */
async function tapId(botApi: BotApi): Promise<string> {
  const update = await botApi.until(() => botApi.updates.find((one) => "callback_query" in one));
  return (update.callback_query as { id: string }).id;
}

const withoutBrowser = "set CHROMIUM_PATH, or install chromium, to try the page in a real browser";
const title = chromiumPath ? "the phone in a browser" : `the phone in a browser (skipped: ${withoutBrowser})`;

describe.skipIf(chromiumPath === undefined)(title, () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  /** A phone with an open page; whatever breaks in the page fails the test. */
  async function withPhone(
    act: (phone: { page: Page; botApi: BotApi; ann: Person }) => Promise<void>,
    suggestions: readonly string[] = [],
  ): Promise<void> {
    await using botApi = await startBotApi();
    const ann = botApi.person({ id: chat_id, firstName: "Ann" });
    await using phone = await startPhone({ botApi, person: ann, suggestions });
    const page = await browser.newPage({ viewport: { width: 900, height: 900 } });
    const troubles: string[] = [];
    page.on("pageerror", ({ message }) => troubles.push(message));
    page.on("console", (entry) => entry.type() === "error" && troubles.push(entry.text()));
    await page.goto(phone.url);
    await page.getByText("bot", { exact: true }).waitFor();
    await act({ page, botApi, ann });
    await page.close();
    expect(troubles).toEqual([]);
  }

  test("a typed task reaches the bot, and its answer appears", () =>
    withPhone(async ({ page, botApi, ann }) => {
      await page.getByRole("textbox", { name: "Message" }).fill("Fix the rounding");
      await page.keyboard.press("Enter");
      await botApi.until(() => ann.chat.messages.find(({ text }) => text === "Fix the rounding"));
      await call(botApi, "sendMessage", { chat_id, text: "<b>Queued</b> as k3f9", parse_mode: "HTML" });

      await page.locator(".message.mine", { hasText: "Fix the rounding" }).waitFor();
      await page.locator(".message:not(.mine) strong", { hasText: "Queued" }).waitFor();
      expect(await page.getByRole("textbox", { name: "Message" }).inputValue()).toBe("");
      expect(botApi.pendingUpdates).toMatchObject([{ message: { text: "Fix the rounding", chat: { id: chat_id } } }]);
    }));

  test("Shift and Enter begin a line, Enter sends both", () =>
    withPhone(async ({ page, botApi, ann }) => {
      await page.getByRole("textbox", { name: "Message" }).pressSequentially("first");
      await page.keyboard.press("Shift+Enter");
      await page.keyboard.type("second");
      await page.keyboard.press("Enter");

      await botApi.until(() => ann.chat.messages[0]?.text === "first\nsecond");
    }));

  test("a tapped button spins until the bot answers with a toast, and the edit takes its place", () =>
    withPhone(async ({ page, botApi }) => {
      const reply_markup = { inline_keyboard: [[{ text: "Merge", callback_data: "merge:1", style: "success" }]] };
      const { result } = await call(botApi, "sendMessage", { chat_id, text: "Merge it?", reply_markup });
      await page.getByRole("button", { name: "Merge" }).click();
      await page.locator(".key.is-waiting").waitFor();
      const callback_query_id = await tapId(botApi);

      await call(botApi, "editMessageText", { chat_id, message_id: result.message_id, text: "Merging", reply_markup });
      await page.getByText("Merging").waitFor();
      expect(await page.locator(".key.is-waiting").count()).toBe(1);
      await call(botApi, "answerCallbackQuery", { callback_query_id, text: "On its way" });
      await page.getByRole("status").getByText("On its way").waitFor();
      await page.locator(".key:not(.is-waiting)").waitFor();
      await call(botApi, "editMessageText", { chat_id, message_id: result.message_id, text: "Merged." });

      await page.getByText("Merged.").waitFor();
      expect(await page.locator(".message").count()).toBe(1);
      expect(await page.getByRole("button", { name: "Merge" }).count()).toBe(0);
    }));

  test("a coloured button keeps its colour below the pointer, so that its word can be read", () =>
    withPhone(async ({ page, botApi }) => {
      const keys = [
        { text: "Merge", callback_data: "m", style: "success" },
        { text: "Discard", callback_data: "x", style: "danger" },
      ];
      await call(botApi, "sendMessage", { chat_id, text: "Accepted", reply_markup: { inline_keyboard: [keys] } });

      for (const { text } of keys) {
        const key = page.getByRole("button", { name: text });
        const colour = () => key.evaluate("(key) => getComputedStyle(key).backgroundColor");
        const before = await colour();
        await key.hover();
        expect(await colour()).toBe(before);
      }
    }));

  test("an alert waits for its OK", () =>
    withPhone(async ({ page, botApi }) => {
      const reply_markup = { inline_keyboard: [[{ text: "Discard", callback_data: "discard" }]] };
      await call(botApi, "sendMessage", { chat_id, text: "Discard it?", reply_markup });
      await page.getByRole("button", { name: "Discard" }).click();
      const callback_query_id = await tapId(botApi);

      await call(botApi, "answerCallbackQuery", { callback_query_id, text: "Only Ann may.", show_alert: true });

      const alert = page.getByRole("dialog");
      await alert.getByText("Only Ann may.").waitFor();
      await alert.getByRole("button", { name: "OK" }).click();
      await alert.waitFor({ state: "hidden" });
    }));

  test("markup in a message stays text, and a script link is no link", () =>
    withPhone(async ({ page, botApi }) => {
      const words = `<img src=x onerror="document.title='broken into'"> javascript:alert(1)`;
      const entities = [{ type: "bold", offset: 0, length: words.length }];
      await call(botApi, "sendMessage", { chat_id, text: words, entities });
      await call(botApi, "sendMessage", { chat_id, text: "later" });

      await page.locator(".message", { hasText: "later" }).waitFor();
      expect(await page.locator(".message strong").first().textContent()).toBe(words);
      expect(await page.locator(".message img, .message a, .message script").count()).toBe(0);
      expect(await page.title()).toBe("Chargehand");
    }));

  test("every entity has its form, nested ones too", () =>
    withPhone(async ({ page, botApi }) => {
      const html = [
        '<i>a <b>b</b></i> <code>c</code> <a href="https://example.com/d">d</a>',
        '<pre><code class="language-ts">let e;</code></pre>',
        "<blockquote expandable>f\ng\nh\ni</blockquote>😀 <u>j</u>",
      ].join("\n");
      await call(botApi, "sendMessage", { chat_id, text: html, parse_mode: "HTML" });

      const words = page.locator(".message .words");
      await words.locator("em strong", { hasText: "b" }).waitFor();
      expect(await words.locator("a").getAttribute("href")).toBe("https://example.com/d");
      expect(await words.locator("a").getAttribute("rel")).toBe("noopener noreferrer");
      expect(await words.locator("pre code").textContent()).toBe("let e;");
      expect(await words.locator("u").textContent()).toBe("j");
      const unfold = words.getByRole("button", { name: "Show all" });
      await unfold.click();
      expect(await words.getByRole("button", { name: "Show less" }).getAttribute("aria-expanded")).toBe("true");
    }));

  test("the commands of the bot are found behind a slash and led by the arrow keys", () =>
    withPhone(async ({ page, botApi, ann }) => {
      const commands = ["new", "jobs", "help"].map((command) => ({ command, description: `about ${command}` }));
      await call(botApi, "setMyCommands", { commands });

      await page.getByRole("button", { name: "Commands" }).click();
      await page.getByRole("option", { name: "/new about new" }).waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");

      await botApi.until(() => ann.chat.messages[0]?.text === "/jobs");
      expect(await page.getByRole("option").count()).toBe(0);
    }));

  test("a suggested task is sent by one tap and not offered again", () =>
    withPhone(
      async ({ page, botApi, ann }) => {
        await page.getByRole("button", { name: "Fix the rounding" }).click();

        await botApi.until(() => ann.chat.messages[0]?.text === "Fix the rounding");
        await page.getByRole("button", { name: "Fix the rounding" }).waitFor({ state: "detached" });
        expect(await page.getByRole("button", { name: "Add a flag" }).count()).toBe(1);
      },
      ["Fix the rounding", "Add a flag"],
    ));

  test("a document is downloaded with its bytes", () =>
    withPhone(async ({ page, botApi, ann }) => {
      ann.sendsFile({ name: "patch.diff", bytes: Buffer.from("+ line\n") });
      await botApi.until(() => ann.chat.messages.length === 1);

      const downloading = page.waitForEvent("download");
      await page.getByRole("link", { name: "patch.diff" }).click();
      const download = await downloading;

      expect(download.suggestedFilename()).toBe("patch.diff");
      expect(await text(await download.createReadStream())).toBe("+ line\n");
    }));

  test("typing, pins, reactions, silence and deletion show", () =>
    withPhone(async ({ page, botApi, ann }) => {
      const task = ann.sends("fix it");
      await call(botApi, "sendChatAction", { chat_id, action: "typing" });
      await page.getByText("typing…").waitFor();
      const card = (await call(botApi, "sendMessage", { chat_id, text: "card", disable_notification: true })).result;
      await call(botApi, "pinChatMessage", { chat_id, message_id: card.message_id });
      await call(botApi, "setMessageReaction", {
        chat_id,
        message_id: task.id,
        reaction: [{ type: "emoji", emoji: "👀" }],
      });

      await page.getByText("typing…").waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Pinned message" }).waitFor();
      await page.locator(".message.mine .reaction", { hasText: "👀" }).waitFor();
      await page.locator(`#message-${card.message_id} .icon-silent`).waitFor();
      await call(botApi, "deleteMessage", { chat_id, message_id: card.message_id });
      await page.locator(`#message-${card.message_id}`).waitFor({ state: "detached" });
    }));
});
