import type { Redis } from "ioredis";
import { z } from "zod";
import { ChatPlace, Person } from "../core/task.ts";
import { placeName } from "./job-messages.ts";

/** What a message may carry beside its words; nobody here reads it. */
export const Unread = z.enum(["voice", "picture", "file", "other"]);
export type Unread = z.infer<typeof Unread>;

/** A message as far as an order needs it: enough to place the order later, after a restart too. */
export const Letter = z.object({
  updateId: z.number().int(),
  place: ChatPlace,
  messageId: z.number().int(),
  senderId: z.number().int(),
  person: Person,
  text: z.string(),
  /** The text is the caption of this. */
  captionOf: Unread.optional(),
  /** Seconds since 1970, as Telegram counts. */
  sentAt: z.number().int(),
});
export type Letter = z.infer<typeof Letter>;

/** An order that waits for a person to choose; `projects` are the buttons, in their order. */
export const KeptOrder = z.object({ letter: Letter, task: z.string(), projects: z.array(z.string()) });
export type KeptOrder = z.infer<typeof KeptOrder>;

/** The beginning of a long text, whose rest may be on its way. */
export const HeldLetter = z.object({
  letter: Letter,
  /** The update of every part that is in it. */
  updateIds: z.array(z.number().int()),
  lastPartLength: z.number().int(),
  lastPartAt: z.number().int(),
});
export type HeldLetter = z.infer<typeof HeldLetter>;

const OpenOverview = z.object({ place: ChatPlace, number: z.number().int().positive() });
export type OpenOverview = z.infer<typeof OpenOverview>;

/** What the bot must know after a restart, beside its outbox. */
export type BotMemory = ReturnType<typeof createMemory>;

const daySeconds = 24 * 3_600;

export function createMemory(redis: Redis, prefix: string) {
  const key = {
    cursor: `${prefix}:cursor`,
    cards: `${prefix}:live-cards`,
    overviews: `${prefix}:overviews`,
    overviewCount: `${prefix}:overview-count`,
    refused: `${prefix}:refused`,
    held: `${prefix}:held`,
    joined: (updateId: number) => `${prefix}:joined:${updateId}`,
    album: (albumId: string) => `${prefix}:album:${albumId}`,
    order: (orderId: string) => `${prefix}:order:${orderId}`,
    tapped: (approvalId: string) => `${prefix}:tapped:${approvalId}`,
  };
  return {
    /** Up to where the jobs' events are dealt with. */
    cursor: () => redis.get(key.cursor),
    setCursor: (cursor: string) => redis.set(key.cursor, cursor),

    /** Jobs whose card does not show their end yet. */
    liveCards: () => redis.smembers(key.cards),
    addLiveCard: (jobId: string) => redis.sadd(key.cards, jobId),
    removeLiveCard: (jobId: string) => redis.srem(key.cards, jobId),

    /** The overviews that are open, one in a place at the most. */
    async overviews(): Promise<OpenOverview[]> {
      return Object.values(await redis.hgetall(key.overviews)).map((text) => OpenOverview.parse(JSON.parse(text)));
    },
    hasOverview: async (place: ChatPlace) => (await redis.hexists(key.overviews, placeName(place))) === 1,
    /** Gives it a number that no overview had before. */
    async openOverview(place: ChatPlace): Promise<number> {
      const number = await redis.incr(key.overviewCount);
      await redis.hset(key.overviews, placeName(place), JSON.stringify({ place, number }));
      return number;
    },
    closeOverview: (place: ChatPlace) => redis.hdel(key.overviews, placeName(place)),

    wasRefused: async (userId: number) => (await redis.sismember(key.refused, userId)) === 1,
    rememberRefusal: (userId: number) => redis.sadd(key.refused, userId),

    /** Albums whose caption was answered: their other pictures need no answer. */
    wasAlbumAnswered: async (albumId: string) => (await redis.exists(key.album(albumId))) === 1,
    rememberAlbum: (albumId: string) => redis.set(key.album(albumId), "1", "EX", daySeconds),

    keepOrder: (orderId: string, order: KeptOrder) =>
      redis.set(key.order(orderId), JSON.stringify(order), "EX", daySeconds),
    async keptOrder(orderId: string): Promise<KeptOrder | undefined> {
      const text = await redis.get(key.order(orderId));
      return text === null ? undefined : KeptOrder.parse(JSON.parse(text));
    },
    forgetOrder: (orderId: string) => redis.del(key.order(orderId)),

    /** True for the first tap on a question, so that the second can be told apart. */
    isFirstTap: async (approvalId: string) =>
      (await redis.set(key.tapped(approvalId), "1", "EX", 7 * daySeconds, "NX")) === "OK",

    async heldLetters(): Promise<HeldLetter[]> {
      return Object.values(await redis.hgetall(key.held)).map((text) => HeldLetter.parse(JSON.parse(text)));
    },
    async hold(held: HeldLetter): Promise<void> {
      const [first = 0, ...others] = held.updateIds;
      const step = redis.multi().hset(key.held, first, JSON.stringify(held));
      for (const updateId of others) step.set(key.joined(updateId), "1", "EX", daySeconds);
      await step.exec();
    },
    release: (held: HeldLetter) => redis.hdel(key.held, `${held.updateIds[0] ?? 0}`),
    /** Whether an update became part of a letter before it came again. */
    wasJoined: async (updateId: number) => (await redis.exists(key.joined(updateId))) === 1,
  };
}
