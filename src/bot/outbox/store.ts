import type { Redis } from "ioredis";
import { z } from "zod";
import { keys } from "../../core/queue.ts";
import { Message } from "../message.ts";

/** What a message should say and does not say yet. */
export const Wish = z.object({
  /** Later wishes have higher numbers, across restarts too. */
  order: z.number().int(),
  message: Message,
  /** A send was begun whose end nobody has seen. */
  attempted: z.boolean(),
});
export type Wish = z.infer<typeof Wish>;

const Address = z.object({ chatId: z.number().int(), messageId: z.number().int() });
/** Where a message of ours stands. */
export type Address = z.infer<typeof Address>;

/** The outbox on disk: wishes that must survive a crash, and where each message that was sent stands. */
export interface OutboxStore {
  keep(...wishes: readonly Wish[]): Promise<void>;
  forget(wishes: readonly Wish[]): Promise<void>;
  /** One step for Redis: the message, known by this key, says what was wished, and nothing more is. */
  delivered(said: readonly Wish[], address: Address, key: string): Promise<void>;
  wishes(): Promise<Wish[]>;
  address(key: string): Promise<Address | undefined>;
  keyAt(address: Address): Promise<string | undefined>;
  forgetAddress(key: string): Promise<void>;
  /** Until when Telegram wants silence in a chat. */
  setQuiet(chatId: number, until: number): Promise<void>;
  quietChats(): Promise<ReadonlyMap<number, number>>;
}

/** How long a message may still be edited or answered: a month is more than any question stays open. */
const memorySeconds = 30 * 24 * 3_600;

export function createOutboxStore(redis: Redis, prefix: string): OutboxStore {
  const wishes = keys.outbox(prefix);
  const quiet = `${prefix}:quiet`;
  const sentKey = (key: string) => `${prefix}:sent:${key}`;
  const messageKey = ({ chatId, messageId }: Address) => `${prefix}:message:${chatId}:${messageId}`;

  return {
    async keep(...kept) {
      const entries = kept.flatMap((wish) => [`${wish.order}`, JSON.stringify(wish)]);
      if (entries.length > 0) await redis.hset(wishes, ...entries);
    },
    async forget(forgotten) {
      if (forgotten.length > 0) await redis.hdel(wishes, ...forgotten.map(({ order }) => `${order}`));
    },
    async delivered(said, address, key) {
      const step = redis.multi().set(messageKey(address), key, "EX", memorySeconds);
      for (const { message } of said) step.set(sentKey(message.key), JSON.stringify(address), "EX", memorySeconds);
      await step.hdel(wishes, ...said.map(({ order }) => `${order}`)).exec();
    },
    async wishes() {
      // What another version of ours left behind, and this one cannot read, must not keep it from starting.
      const texts = Object.values(await redis.hgetall(wishes));
      const stored = texts.flatMap((text) => Wish.safeParse(JSON.parse(text)).data ?? []);
      return stored.toSorted((one, other) => one.order - other.order);
    },
    async address(key) {
      const text = await redis.get(sentKey(key));
      return text === null ? undefined : Address.parse(JSON.parse(text));
    },
    async keyAt(address) {
      return (await redis.get(messageKey(address))) ?? undefined;
    },
    async forgetAddress(key) {
      await redis.del(sentKey(key));
    },
    async setQuiet(chatId, until) {
      await redis.hset(quiet, chatId, until);
    },
    async quietChats() {
      const stored = Object.entries(await redis.hgetall(quiet)).map(
        ([id, until]) => [Number(id), Number(until)] as const,
      );
      const over = stored.filter(([, until]) => until <= Date.now());
      if (over.length > 0) await redis.hdel(quiet, ...over.map(([id]) => `${id}`));
      return new Map(stored.filter(([, until]) => until > Date.now()));
    },
  };
}
