import { Api } from "grammy";
import type { Redis } from "ioredis";
import { pino } from "pino";
import { type Content, type Message, ranks } from "../../../src/bot/message.ts";
import { type Outbox, openOutbox } from "../../../src/bot/outbox/outbox.ts";
import type { Pace } from "../../../src/bot/outbox/pace.ts";
import { createOutboxStore } from "../../../src/bot/outbox/store.ts";
import { createTelegramSender } from "../../../src/bot/outbox/telegram-sender.ts";
import { join } from "../../../src/bot/text/rich-text.ts";
import type { BotApi } from "../../../src/emulators/bot-api/bot-api.ts";
import type { Person } from "../../../src/emulators/bot-api/person.ts";
import { type BotApiOptions, startBotApi } from "../../../src/emulators/bot-api/server.ts";
import { connectRedis } from "../../../src/platform/redis.ts";
import { startTestRedis } from "../../support/redis.ts";
import { hurried } from "./scene.ts";

export interface OutboxScene extends AsyncDisposable {
  readonly botApi: BotApi;
  readonly redis: Redis;
  readonly ann: Person;
  readonly bob: Person;
  /** Opens the outbox as a bot that starts does. */
  opens(pace?: Pace): Promise<Outbox>;
}

export async function startOutboxScene(options: BotApiOptions = {}): Promise<OutboxScene> {
  await using opening = new AsyncDisposableStack();
  const botApi = opening.use(await startBotApi(options));
  const server = opening.use(await startTestRedis());
  const log = pino({ level: "silent" });
  const redis = opening.adopt(await connectRedis(server.target, log, AbortSignal.timeout(30_000)), (it) =>
    it.disconnect(),
  );
  const scope = opening.move();
  return {
    botApi,
    redis,
    ann: botApi.person({ id: 1001, firstName: "Ann" }),
    bob: botApi.person({ id: 1002, firstName: "Bob" }),
    async opens(pace = hurried) {
      const sender = createTelegramSender(new Api(botApi.token, { apiRoot: botApi.apiRoot }), (text) => text);
      const outbox = await openOutbox({ sender, store: createOutboxStore(redis, "test:bot"), pace, log });
      let isClosed = false;
      scope.defer(async () => {
        if (!isClosed) await outbox[Symbol.asyncDispose]();
      });
      return {
        ...bound(outbox),
        async [Symbol.asyncDispose]() {
          isClosed = true;
          await outbox[Symbol.asyncDispose]();
        },
      };
    },
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

function bound(outbox: Outbox): Omit<Outbox, typeof Symbol.asyncDispose> {
  return {
    post: (message) => outbox.post(message),
    show: (message, options) => outbox.show(message, options),
    say: (message) => outbox.say(message),
    strip: (address) => outbox.strip(address),
    stripCopy: (key, address) => outbox.stripCopy(key, address),
    has: (key) => outbox.has(key),
    keyAt: (address) => outbox.keyAt(address),
  };
}

/** A result for Ann, unless told otherwise. */
export function message(
  text: string,
  more: Partial<Omit<Message, "content">> & { content?: Partial<Content> } = {},
): Message {
  const { content, ...rest } = more;
  return {
    key: text.slice(0, 40),
    place: { chatId: 1001 },
    rank: ranks.final,
    rings: true,
    ...rest,
    content: { ...join(text), ...content },
  };
}
