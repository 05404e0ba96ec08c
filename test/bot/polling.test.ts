import { Api } from "grammy";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { BotStatus } from "../../src/bot/status.ts";
import { pollUpdates } from "../../src/bot/updates/poll.ts";
import type { BotApi } from "../../src/emulators/bot-api/bot-api.ts";
import { startBotApi } from "../../src/emulators/bot-api/server.ts";
import { startScene, startScenePlaying } from "./support/scene.ts";
import { startStoppableRedis } from "./support/stoppable-redis.ts";

describe("fetching updates", () => {
  test.each([
    ["TG-22 another poller for a while", { error: { code: 409 }, times: 2 }],
    ["TG-26 a gateway that answers with a page", { status: 502, times: 2 }],
    ["TG-26 a server that is out of order", { error: { code: 500 }, times: 2 }],
    ["TG-26 a connection that breaks", { dropConnection: "before", times: 2 } as const],
    ["TG-26 a limit on polling", { error: { code: 429, retryAfter: 1 } }],
  ])("%s is waited out, and nothing is lost", async (_, fault) => {
    await using scene = await startScene();
    const { ann, daemon, botApi, status } = scene;
    botApi.inject({ method: "getUpdates", ...fault });

    scene.startsBot();
    ann.sends("Fix the rounding");
    await daemon.takesOrder();

    expect(status.trouble).toBeUndefined();
    expect(botApi.callsOf("getUpdates").filter(({ outcome }) => outcome !== 200).length).toBeGreaterThanOrEqual(1);
  });

  test("TG-22 another poller that stays is a named failure", async () => {
    await using botApi = await startBotApi();
    botApi.inject({ method: "getUpdates", error: { code: 409 }, times: 100 });

    const end = await poll(botApi, { conflictPatienceMs: 100 }).catch((error: unknown) => error);

    expect(end).toMatchObject({ code: "telegram-refused", message: expect.stringContaining("Another program") });
  });

  test("TG-22 a token that is refused, at the start or later, ends the bot with one clear sentence", async () => {
    await using scene = await startScenePlaying();
    const refused = {
      code: "telegram-refused",
      message: "Telegram refuses the bot's token. Copy it again from @BotFather into TELEGRAM_BOT_TOKEN.",
    };

    scene.botApi.revokeToken();

    expect(await scene.bot.end).toMatchObject(refused);
    expect(await scene.startsBot().end).toMatchObject(refused);
  });

  test("TG-25 an update that cannot be handled stops nothing, and comes no second time", async () => {
    await using botApi = await startBotApi();
    const ann = botApi.person({ id: 1001, firstName: "Ann" });
    const seen: (string | undefined)[] = [];
    const stopping = new AbortController();
    const polling = poll(botApi, {
      signal: stopping.signal,
      handle: async (update) => {
        seen.push(update.message?.text);
        if (update.message?.text === "two") throw new TypeError("a bug");
        return true;
      },
    });

    for (const text of ["one", "two", "three"]) ann.sends(text);
    await botApi.until(() => botApi.isPolled && botApi.pendingUpdates.length === 0);
    stopping.abort();
    await polling;

    expect(seen).toEqual(["one", "two", "three"]);
  });

  test("TG-19 an update is confirmed only when its effect is stored; of one chat the later ones wait for it", async () => {
    await using botApi = await startBotApi();
    const ann = botApi.person({ id: 1001, firstName: "Ann" });
    const bob = botApi.person({ id: 1002, firstName: "Bob" });
    const seen: (string | undefined)[] = [];
    let isStored = false;
    const stopping = new AbortController();
    for (const text of ["first", "second"]) ann.sends(text);
    bob.sends("other");

    const polling = poll(botApi, {
      signal: stopping.signal,
      handle: async ({ message }) => {
        seen.push(message?.text);
        return isStored || message?.text !== "first";
      },
    });
    await botApi.until(() => seen.filter((text) => text === "first").length === 2);
    const pendingBefore = botApi.pendingUpdates.length;
    isStored = true;
    await botApi.until(() => botApi.pendingUpdates.length === 0);
    stopping.abort();
    await polling;

    expect(pendingBefore).toBe(3);
    expect(seen.filter((text) => text === "other")).toHaveLength(1);
    expect(seen.slice(-2)).toEqual(["first", "second"]);
  });

  test("BOT-15 TG-24 only a fetch that was answered counts as a sign of life", async () => {
    await using scene = await startScenePlaying();
    const { ann, botApi, status, daemon } = scene;
    ann.sends("Fix the rounding");
    const job = await daemon.takesOrder();
    const heardAt = status.lastPollAt ?? 0;
    botApi.inject({ method: "getUpdates", error: { code: 500 }, times: 50 });
    ann.sends("/jobs");
    await botApi.until(() => status.trouble !== undefined);
    const deafAt = status.lastPollAt ?? 0;

    await daemon.tells(job.id, { type: "failed", code: "stalled", reason: "It stalled." });
    await ann.sees("It stalled.");

    expect(deafAt).toBeGreaterThanOrEqual(heardAt);
    expect(status.lastPollAt).toBe(deafAt);
    expect(status.trouble).toContain("500");
  });
});

describe("while Redis is away", () => {
  test("IN-01 a person is told, their order is kept, and a tap is answered", async () => {
    const redis = await startStoppableRedis();
    await using scene = await startScenePlaying({ redis });
    const { ann, botApi, daemon } = scene;
    ann.sends("Fix the tax");
    await daemon.takesOrder();
    const card = await ann.sees("Queued");
    await redis.stops();

    ann.sends("Fix the rounding");
    const tap = ann.taps(card, "Cancel");
    await ann.sees(
      "I cannot reach my queue right now. Your message is kept, and I go on as soon as the queue is back.",
    );
    await botApi.until(() => tap.answer);
    await redis.starts();
    await daemon.takesOrder("rounding");
    await ann.sees(/Queued[\s\S]*Fix the rounding/);

    expect(tap.answer?.text).toBe("I cannot reach my queue right now. Please tap again in a minute.");
    expect(daemon.submissions).toHaveLength(2);
    expect(ann.chat.messages.filter(({ text }) => text.includes("cannot reach my queue"))).toHaveLength(1);
  });
});

test("TG-56 the menu is filled, and a bot whose menu cannot be filled works all the same", async () => {
  await using scene = await startScene();
  const { ann, botApi } = scene;
  botApi.inject({ method: "setMyCommands", error: { code: 400, description: "Bad Request: BOT_COMMANDS_TOO_MUCH" } });
  const first = scene.startsBot();
  ann.sends("/jobs");
  await ann.sees("No jobs yet");
  await first.stops();

  scene.startsBot();
  await botApi.until(() => botApi.commandsFor(ann).length > 0);

  expect(botApi.commandsFor(ann).map(({ command }) => command)).toContain("jobs");
});

interface PollOptions {
  readonly handle?: Parameters<typeof pollUpdates>[0]["handle"];
  readonly conflictPatienceMs?: number;
  readonly signal?: AbortSignal;
}

function poll(
  { token, apiRoot }: BotApi,
  { handle = async () => true, signal, ...options }: PollOptions,
): Promise<void> {
  const api = new Api(token, { apiRoot });
  const deps = { api, handle, status: new BotStatus(), log: pino({ level: "silent" }), ...options };
  return pollUpdates(deps, signal ?? AbortSignal.timeout(20_000));
}
