import { describe, expect, test } from "vitest";
import { ranks } from "../../../src/bot/message.ts";
import { telegramPace } from "../../../src/bot/outbox/pace.ts";
import { bold } from "../../../src/bot/text/rich-text.ts";
import type { Call } from "../../../src/emulators/bot-api/call-log.ts";
import { hurried } from "../support/scene.ts";
import { message, startOutboxScene } from "../support/test-outbox.ts";

const card = (text: string, keyboard = [[{ text: "Cancel", data: "c:x7k2m9qd" }]]) =>
  message(text, { key: "card", rank: ranks.progress, rings: false, content: { keyboard } });
const fleeting = { isFleeting: true };
const repeated = "(sent again: the first try may have been lost)";

describe("a message", () => {
  test("DU-12 is sent once under its key, however often it is posted, after a restart too", async () => {
    await using scene = await startOutboxScene();
    const { ann, botApi } = scene;
    const outbox = await scene.opens();
    await outbox.post(message("Accepted"));
    await outbox.post(message("Accepted"));
    await ann.sees("Accepted");
    await outbox[Symbol.asyncDispose]();

    const next = await scene.opens();
    await next.post(message("Accepted, in other words", { key: "Accepted" }));
    await next.post(message("Something else", { key: "other" }));
    await ann.sees("Something else");
    await next[Symbol.asyncDispose]();

    expect(botApi.callsOf("sendMessage")).toHaveLength(2);
    expect(ann.chat.messages.map(({ text }) => text)).toEqual(["Accepted", "Something else"]);
  });

  test.each([4_095, 4_096, 4_097, 9_000])(
    "TG-10 BOT-06 of %i characters is delivered whole and once",
    async (length) => {
      await using scene = await startOutboxScene();
      const { ann, botApi } = scene;
      const outbox = await scene.opens();
      const text = "a line of text\n"
        .repeat(1_000)
        .slice(0, length - 1)
        .concat("z");
      const keyboard = [[{ text: "Merge", data: "c:x7k2m9qd" }]];

      await outbox.post(message(text, { content: { keyboard } }));
      await botApi.until(() => ann.chat.messages.at(-1)?.text.endsWith("z"));
      await outbox[Symbol.asyncDispose]();

      const parts = ann.chat.messages;
      expect(parts.map((part) => part.text).join("\n")).toBe(text);
      expect(parts.map((part) => part.keyboard.length)).toEqual([...parts.slice(1).map(() => 0), 1]);
      expect(parts.map((part) => part.silent)).toEqual([false, ...parts.slice(1).map(() => true)]);
    },
  );

  test("BOT-01 is edited in place when it is shown again, and the same words make no call", async () => {
    await using scene = await startOutboxScene();
    const { ann, botApi } = scene;
    const outbox = await scene.opens();
    await outbox.show(card("Queued"));
    await ann.sees("Queued");

    await outbox.show(card("Running"), fleeting);
    await ann.sees("Running");
    await outbox.show(card("Running"), fleeting);
    await outbox.show(card("Done"));
    await ann.sees("Done");

    expect(ann.chat.messages).toHaveLength(1);
    expect(botApi.callsOf("editMessageText")).toHaveLength(2);
  });

  test("TG-31 loses its buttons and keeps its words, also when nobody knows it any more", async () => {
    await using scene = await startOutboxScene();
    const { ann, botApi, redis } = scene;
    const outbox = await scene.opens();
    await outbox.show(card("Queued"));
    const { id } = await ann.sees("Queued");
    await outbox[Symbol.asyncDispose]();
    await redis.flushall();

    const next = await scene.opens();
    await next.strip({ chatId: 1001, messageId: id });
    await botApi.until(() => ann.chat.message(id)?.keyboard.length === 0);

    expect(ann.chat.messages.map(({ text }) => text)).toEqual(["Queued"]);
  });

  test("BOT-01 a file keeps its name and its caption", async () => {
    await using scene = await startOutboxScene();
    const outbox = await scene.opens();

    await outbox.post(message("2 files changed", { content: { document: { name: "x.diff", text: "+a\n" } } }));
    const { attachment } = await scene.ann.sees("2 files changed");

    expect(attachment).toMatchObject({ kind: "document", name: "x.diff", size: 3 });
  });
});

describe("when Telegram wants silence", () => {
  test("TG-1 TG-2 nothing of any kind goes to that chat before its time, others are served, and the result comes once", async () => {
    await using scene = await startOutboxScene();
    const { ann, bob, botApi } = scene;
    const outbox = await scene.opens();
    await outbox.show(card("Queued"));
    await ann.sees("Queued");
    botApi.inject({ method: "sendMessage", chatId: 1001, error: { code: 429, retryAfter: 2 } });

    await outbox.post(message("Accepted"));
    const [refused] = await botApi.until(() => someOf(botApi.calls.filter(isRefused)));
    await outbox.show(card("Running"), fleeting);
    await outbox.post(message("Hello Bob", { place: { chatId: 1002 } }));
    await bob.sees("Hello Bob");
    await ann.sees("Accepted");
    await ann.sees("Running");

    const later = botApi.calls.filter((call) => call.params.chat_id === 1001 && call.at > (refused?.at ?? 0));
    expect(Math.min(...later.map(({ at }) => at)) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_990);
    expect(ann.chat.messages.filter(({ text }) => text === "Accepted")).toHaveLength(1);
  });

  test("TG-3 the silence is kept over a restart", async () => {
    await using scene = await startOutboxScene();
    const { ann, botApi } = scene;
    const outbox = await scene.opens();
    // Longer than a shutdown waits, so that it is the next start that has to keep it.
    botApi.inject({ method: "sendMessage", error: { code: 429, retryAfter: 5 } });
    await outbox.post(message("Accepted"));
    const [refused] = await botApi.until(() => someOf(botApi.calls.filter(isRefused)));
    await outbox[Symbol.asyncDispose]();

    await scene.opens();
    await ann.sees("Accepted");

    const sends = botApi.callsOf("sendMessage");
    expect(sends).toHaveLength(2);
    expect((sends[1]?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(4_990);
    expect(ann.chat.messages.map(({ text }) => text)).toEqual(["Accepted"]);
  });

  test("TG-5 TG-6 of what is wished in the meantime the newest wins", async () => {
    await using scene = await startOutboxScene();
    const { ann, botApi } = scene;
    const outbox = await scene.opens();
    await outbox.show(card("Queued"));
    await ann.sees("Queued");
    botApi.inject({ method: "editMessageText", error: { code: 429, retryAfter: 1 } });

    await outbox.show(card("step 1"), fleeting);
    await botApi.until(() => someOf(botApi.calls.filter(isRefused)));
    for (const step of [2, 3, 4]) await outbox.show(card(`step ${step}`), fleeting);
    await ann.sees("step 4");

    expect(ann.chat.messages[0]?.versions.map(({ text }) => text)).toEqual(["Queued", "step 4"]);
  });

  test("TG-6 what says something newer before its turn has come keeps its turn", async () => {
    await using scene = await startOutboxScene();
    const { ann, botApi } = scene;
    const outbox = await scene.opens();
    botApi.inject({ method: "sendMessage", error: { code: 429, retryAfter: 1 } });
    await outbox.post(message("first"));
    await botApi.until(() => someOf(botApi.calls.filter(isRefused)));

    await outbox.show(message("second", { key: "2" }));
    await outbox.show(message("third", { key: "3" }));
    await outbox.show(message("second, and newer", { key: "2" }));
    await ann.sees("third");

    expect(ann.chat.messages.map(({ text }) => text)).toEqual(["first", "second, and newer", "third"]);
  });

  test("TG-8 buttons that go are gone, whatever progress was wished around it", async () => {
    await using scene = await startOutboxScene();
    const { ann, botApi } = scene;
    const outbox = await scene.opens();
    await outbox.show(card("Queued"));
    await ann.sees("Queued");
    botApi.inject({ method: "editMessageText", delayMs: 50 });

    await outbox.show(card("step 1"), fleeting);
    await outbox.show(card("step 1", []));
    await botApi.until(() => ann.chat.messages[0]?.keyboard.length === 0);

    expect(ann.chat.messages[0]?.text).toBe("step 1");
  });

  test("BOT-05 a hundred cards and results at once meet no refusal", async () => {
    await using scene = await startOutboxScene({ rateLimits: true });
    const { botApi } = scene;
    const outbox = await scene.opens(telegramPace);
    const people = Array.from({ length: 50 }, (_, index) => botApi.person({ id: 2_000 + index, firstName: "P" }));

    await Promise.all(
      people.map(async ({ id }) => {
        const place = { chatId: id };
        await outbox.show({ ...card("Queued"), key: `card-${id}`, place });
        await outbox.post(message("Accepted", { key: `result-${id}`, place }));
      }),
    );
    await botApi.until(() => people.every(({ chat }) => chat.messages.length === 2), { timeoutMs: 15_000 });

    expect(botApi.calls.filter(isRefused)).toEqual([]);
  });
});

describe("when a call fails", () => {
  test("TG-11 DU-12 a send whose answer was lost is repeated once, with a label", async () => {
    await using scene = await startOutboxScene();
    const { ann, botApi } = scene;
    const outbox = await scene.opens();
    botApi.inject({ method: "sendMessage", dropConnection: "after" });

    await outbox.post(message("Accepted"));
    await ann.sees(repeated);

    expect(ann.chat.messages.map(({ text }) => text)).toEqual(["Accepted", `Accepted\n\n${repeated}`]);
  });

  test("TG-11 an edit whose answer was lost is simply made again", async () => {
    await using scene = await startOutboxScene();
    const { ann, botApi } = scene;
    const outbox = await scene.opens();
    await outbox.show(card("Queued"));
    await ann.sees("Queued");
    botApi.inject({ method: "editMessageText", dropConnection: "after" });

    await outbox.show(card("Running"), fleeting);
    await botApi.until(() => botApi.callsOf("editMessageText").length === 2);
    await outbox.show(card("Done"));
    await ann.sees("Done");

    expect(ann.chat.messages).toHaveLength(1);
    expect(ann.chat.messages[0]?.versions.map(({ text }) => text)).toEqual(["Queued", "Running", "Done"]);
  });

  test("TG-14 formatting that Telegram does not take is left out, the words stay", async () => {
    await using scene = await startOutboxScene();
    const { ann, botApi } = scene;
    const outbox = await scene.opens();
    botApi.inject({ method: "sendMessage", error: { code: 400, description: "Bad Request: can't parse entities: x" } });

    await outbox.post(message("Accepted", { content: bold("Accepted") }));
    const sent = await ann.sees("Accepted");

    expect(sent.entities).toEqual([]);
    expect(botApi.callsOf("sendMessage")).toHaveLength(2);
  });

  test("TG-33 a reply to a message that is gone comes without the reply", async () => {
    await using scene = await startOutboxScene();
    const { ann, botApi } = scene;
    const outbox = await scene.opens();
    const order = ann.sends("Fix it");
    ann.deletes(order);
    botApi.inject({
      method: "sendMessage",
      error: { code: 400, description: "Bad Request: message to be replied not found" },
    });

    await outbox.post(message("Accepted", { replyTo: order.id }));
    const sent = await ann.sees("Accepted");

    expect(sent.replyToId).toBeUndefined();
    expect(botApi.callsOf("sendMessage").at(-1)?.params).not.toHaveProperty("reply_parameters");
  });

  test("TG-9 a card that somebody deleted comes as a new message", async () => {
    await using scene = await startOutboxScene();
    const { ann } = scene;
    const outbox = await scene.opens();
    await outbox.show(card("Queued"));
    ann.deletes(await ann.sees("Queued"));

    await outbox.show(card("Running"), fleeting);
    await ann.sees("Running");
    await outbox.show(card("Done"));
    await ann.sees("Done");

    expect(ann.chat.messages.map(({ text }) => text)).toEqual(["Done"]);
  });

  test("a person who blocked the bot is left alone, and what waited for them is dropped", async () => {
    await using scene = await startOutboxScene();
    const { ann, bob, botApi, redis } = scene;
    const outbox = await scene.opens();
    ann.blocks();

    await outbox.show(card("Queued"));
    await outbox.post(message("Hello Bob", { place: { chatId: 1002 } }));
    await bob.sees("Hello Bob");
    await botApi.until(() => someOf(botApi.calls.filter(isRefused)));
    await outbox.show(card("Running"));
    await outbox[Symbol.asyncDispose]();

    expect(botApi.calls.filter(({ params }) => params.chat_id === 1001)).toHaveLength(1);
    expect(await redis.hlen("test:bot:outbox")).toBe(0);
  });
});

test("BOT-08 what waits for a topic that is gone is dropped, and what waits for another topic of its chat comes", async () => {
  await using scene = await startOutboxScene();
  const { ann, botApi } = scene;
  const team = botApi.group({ id: -1_001, title: "Team", isForum: true, botIsAdministrator: true });
  // A topic has the number of the message that opened it, and 1 is General.
  ann.sends("Hello everybody", { chatId: team.id });
  const [gone, kept] = [ann.opensTopic(team.id, "gone"), ann.opensTopic(team.id, "kept")];
  const outbox = await scene.opens();
  botApi.inject({ method: "sendMessage", chatId: team.id, error: { code: 429, retryAfter: 1 } });
  const inTopic = (text: string, { threadId }: typeof gone) =>
    outbox.post(message(text, { place: { chatId: team.id, threadId } }));
  await inTopic("for the topic that goes", gone);
  await botApi.until(() => someOf(botApi.calls.filter(isRefused)));
  await inTopic("for it, too", gone);
  await inTopic("for the other", kept);

  ann.deletesTopic(team.id, gone.threadId);
  await botApi.until(() => team.messages.some(({ text }) => text === "for the other"));

  expect(botApi.callsOf("sendMessage").filter(({ params }) => params.text === "for it, too")).toEqual([]);
});

describe("over the end of the process", () => {
  test("TG-43 DU-12 what is still waiting at the end is sent in time or at the next start, nothing twice", async () => {
    await using scene = await startOutboxScene();
    const { ann } = scene;
    const outbox = await scene.opens({ ...hurried, chatMs: () => 700 });
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
    for (const number of numbers) await outbox.post(message(`result ${number}`));

    await outbox[Symbol.asyncDispose]();
    const sentInTime = ann.chat.messages.length;
    await scene.opens();
    await ann.sees("result 8");

    expect(sentInTime).toBeGreaterThanOrEqual(3);
    expect(ann.chat.messages.map(({ text }) => text)).toEqual(numbers.map((number) => `result ${number}`));
  });

  test("TG-11 DU-12 a send that the end cut off is repeated at the next start, with a label", async () => {
    await using scene = await startOutboxScene();
    const { ann, botApi } = scene;
    const { promise: never } = Promise.withResolvers<void>();
    const outbox = await scene.opens();
    botApi.inject({ method: "sendMessage", hold: never });
    await outbox.post(message("Accepted"));
    await botApi.until(() => botApi.callsOf("sendMessage").length === 1);

    await outbox[Symbol.asyncDispose]();
    await scene.opens();
    await ann.sees(repeated);

    expect(ann.chat.messages).toHaveLength(1);
  });
});

function isRefused({ refusal }: Call): boolean {
  return refusal !== undefined;
}

function someOf<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}
