import { Redis } from "ioredis";
import type { Random } from "./random.ts";
import type { SmallDisk } from "./small-disk.ts";
import type { Town } from "./town.ts";

export interface Circumstances {
  /** Only while every order has a ledger: one that no daemon has taken is nowhere but in Redis. */
  readonly mayFlush: boolean;
  readonly disk: SmallDisk | undefined;
}

const moods = ["429", "500", "409", "dropped after", "dropped before", "twice", "flush", "disk full"] as const;

/** Telegram, Redis and the disk in a bad mood. Answers what was done. */
export async function disturb(town: Town, random: Random, { mayFlush, disk }: Circumstances): Promise<string> {
  const { botApi } = town;
  const mood = random.oneOf(moods);
  switch (mood) {
    case "429":
      botApi.inject({ method: "*", error: { code: 429, retryAfter: 1 } });
      return mood;
    case "500":
      botApi.inject({ method: "*", error: { code: 500 } });
      return mood;
    case "409":
      botApi.inject({ method: "getUpdates", error: { code: 409 } });
      return mood;
    case "dropped after":
      botApi.inject({ method: "*", dropConnection: "after" });
      return mood;
    case "dropped before":
      botApi.inject({ method: "*", dropConnection: "before" });
      return mood;
    case "twice": {
      const update = botApi.updates[random.below(botApi.updates.length)];
      if (update !== undefined) botApi.deliverAgain(update);
      return mood;
    }
    case "flush":
      // Rare, for it takes the bot's memory too.
      if (!random.happens(0.2) || !mayFlush) return "no fault";
      await flush(town);
      return mood;
    case "disk full":
      if (disk === undefined) return "no fault";
      await disk.fill(500 + random.below(3_000));
      return mood;
  }
}

async function flush({ redisPath }: Town): Promise<void> {
  const redis = new Redis(redisPath, { retryStrategy: () => null, lazyConnect: true });
  redis.on("error", () => {});
  await redis
    .connect()
    .then(() => redis.flushall())
    .catch(() => {});
  redis.disconnect();
}
