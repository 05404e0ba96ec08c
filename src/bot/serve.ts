import type { Logger } from "pino";
import type { Config } from "../core/config.ts";
import { keys } from "../core/queue.ts";
import { createJobDesk } from "../platform/job-desk.ts";
import { connectFailFastRedis, connectRedis, type RedisTarget } from "../platform/redis.ts";
import { requireAllowlist } from "./access.ts";
import { Cards } from "./feed/cards.ts";
import { followJobs, placeInStream } from "./feed/feed.ts";
import { createMemory, type Letter } from "./memory.ts";
import { becomeTheOnlyOne, staySureToBeTheOnlyOne } from "./only-one.ts";
import { openOutbox } from "./outbox/outbox.ts";
import { type Pace, telegramPace } from "./outbox/pace.ts";
import { createOutboxStore } from "./outbox/store.ts";
import { createTelegramSender } from "./outbox/telegram-sender.ts";
import { BotStatus } from "./status.ts";
import { TapAnswers } from "./taps/tap-answers.ts";
import { introduce, publishCommands } from "./telegram.ts";
import { connectTelegram, type TelegramConnection } from "./telegram-connection.ts";
import { together } from "./together.ts";
import { UpdateHandler } from "./updates/handle-update.ts";
import { LongLetters } from "./updates/long-letters.ts";
import { pollUpdates } from "./updates/poll.ts";

export interface ServeBotOptions extends TelegramConnection {
  readonly config: Config;
  readonly redis: RedisTarget;
  readonly log: Logger;
  /** Takes secrets out of a text before a person sees it. */
  readonly redact: (text: string) => string;
  /** Kept up to date for whoever asks whether the bot hears. */
  readonly status?: BotStatus;
  readonly pace?: Pace;
  readonly onReady?: (() => void) | undefined;
}

/**
 * Telegram on one side, orders and events in Redis on the other. Ends when the signal says so, with everything that
 * could not be sent stored for the next start; throws "telegram-refused" when Telegram will not have the bot.
 */
export async function serveBot(options: ServeBotOptions, signal: AbortSignal): Promise<void> {
  const { config, log, redact, status = new BotStatus(), pace = telegramPace } = options;
  requireAllowlist(config);
  await using scope = new AsyncDisposableStack();

  const api = connectTelegram(options);
  const me = await introduce(api, log, signal);
  const redis = scope.adopt(await connectFailFastRedis(options.redis, log, signal), (it) => it.disconnect());
  await becomeTheOnlyOne(redis, me.id, log, signal);
  const openReader = (until: AbortSignal) => connectRedis(options.redis, log, until);

  const prefix = keys.bot(me.id);
  const desk = scope.use(createJobDesk(redis));
  const memory = createMemory(redis, prefix);
  const store = createOutboxStore(redis, prefix);
  const outbox = scope.use(await openOutbox({ sender: createTelegramSender(api, redact), store, pace, log }));
  const parts = { config, desk, outbox, memory, me, log, redact };

  const cards = scope.adopt(new Cards(parts), (it) => it.settled());
  const tapAnswers = scope.use(new TapAnswers(api, redact, log));
  const place = (letter: Letter) => updates.place(letter);
  const longLetters = scope.adopt(new LongLetters({ memory, log, place }), (it) => it.close());
  const updates = new UpdateHandler({ parts, longLetters, tapAnswers, redis });

  await placeInStream({ redis, memory });
  await cards.refreshAll();
  await longLetters.resume();
  log.info({ bot: me.username }, "bot ready");
  options.onReady?.();
  await together(signal, [
    (until) => pollUpdates({ api, handle: (update) => updates.handle(update), status, log }, until),
    (until) => followJobs({ ...parts, cards, redis, openReader }, until),
    (until) => staySureToBeTheOnlyOne(redis, me.id, until),
    (until) => publishCommands(api, log, until),
  ]);
  log.info("bot stopping");
}
