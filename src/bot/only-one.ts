import { once } from "node:events";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { AppError } from "../core/error.ts";
import { botConnectionPrefix } from "../core/queue.ts";
import { pause } from "./telegram.ts";

const lookAgainMs = 1_000;

/**
 * Waits until no other process serves this bot. Being there is a named connection to Redis, which ends with its process
 * however that ends, so that a crash leaves nothing behind that would have to expire. The oldest connection has the bot.
 */
export async function becomeTheOnlyOne(redis: Redis, botId: number, log: Logger, signal: AbortSignal): Promise<void> {
  const name = nameFor(botId);
  // For the connections that follow this one after an outage.
  redis.options.connectionName = name;
  await redis.client("SETNAME", name);
  let isWaiting = false;
  while (!(await isOldest(redis, name))) {
    if (!isWaiting) log.warn("another process serves this bot; waiting for its end");
    isWaiting = true;
    await pause(lookAgainMs, signal);
    signal.throwIfAborted();
  }
}

/** After an outage of Redis another process may have been faster. Then this one ends, rather than say everything twice. */
export async function staySureToBeTheOnlyOne(redis: Redis, botId: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await once(redis, "ready", { signal }).catch(() => {});
    if (signal.aborted || (await isOldest(redis, nameFor(botId)).catch(() => true))) continue;
    throw new AppError(
      "conflict",
      "Another process has taken over this bot. Stop that one before you start this again.",
    );
  }
}

function nameFor(botId: number): string {
  return `${botConnectionPrefix}${botId}`;
}

async function isOldest(redis: Redis, name: string): Promise<boolean> {
  const [own, list] = await Promise.all([redis.client("ID"), redis.client("LIST")]);
  const namesakes = String(list)
    .split("\n")
    .filter((line) => ` ${line} `.includes(` name=${name} `))
    .map((line) => Number(/\bid=(\d+)/.exec(line)?.[1]));
  return namesakes.every((id) => id >= Number(own));
}
