import { join } from "node:path";
import type { RedisOptions } from "bullmq";
import { type CommonRedisOptions, Redis } from "ioredis";
import type { Logger } from "pino";
import { AppError } from "../core/error.ts";
import { openPrivateRedis } from "./private-redis.ts";

/** A Redis or Valkey: the socket of a private one, or a `redis://` URL. */
export type RedisTarget = { readonly path: string } | { readonly url: string };

export interface ResolvedRedis extends AsyncDisposable {
  readonly target: RedisTarget;
}

/** The Redis that REDIS_URL names, or a private one under CHARGEHAND_HOME that lives as long as somebody uses it. */
export async function resolveRedis(
  environment: { readonly REDIS_URL?: string | undefined; readonly CHARGEHAND_HOME: string },
  log: Logger,
  signal: AbortSignal,
): Promise<ResolvedRedis> {
  if (environment.REDIS_URL !== undefined) {
    return { target: { url: environment.REDIS_URL }, async [Symbol.asyncDispose]() {} };
  }
  const own = await openPrivateRedis({ directory: join(environment.CHARGEHAND_HOME, "redis"), log }, signal);
  return { target: { path: own.path }, [Symbol.asyncDispose]: () => own[Symbol.asyncDispose]() };
}

/** For BullMQ, which makes its own connections and blocks on them: their commands must never give up by themselves. */
export function redisOptions(target: RedisTarget): RedisOptions {
  return { ...target, ...reconnecting, maxRetriesPerRequest: null };
}

const reconnecting = {
  connectTimeout: 5_000,
  retryStrategy: (attempt: number) => Math.min(25 * 2 ** Math.min(attempt, 10), 3_000),
};

/** For the daemon: while Redis is away its commands wait. Fails with one sentence when it is away from the start. */
export function connectRedis(target: RedisTarget, log: Logger, signal: AbortSignal): Promise<Redis> {
  return connect(target, { ...reconnecting, maxRetriesPerRequest: null }, log, signal);
}

/** For whoever has a person waiting: while Redis is away a command fails at once, so that the person is told. */
export function connectFailFastRedis(target: RedisTarget, log: Logger, signal: AbortSignal): Promise<Redis> {
  return connect(target, { ...reconnecting, maxRetriesPerRequest: 1, enableOfflineQueue: false }, log, signal);
}

async function connect(
  target: RedisTarget,
  options: CommonRedisOptions,
  log: Logger,
  signal: AbortSignal,
): Promise<Redis> {
  signal.throwIfAborted();
  const redis =
    "url" in target
      ? new Redis(target.url, { ...options, lazyConnect: true })
      : new Redis({ ...target, ...options, lazyConnect: true });
  const giveUp = () => redis.disconnect();
  signal.addEventListener("abort", giveUp, { once: true });
  let cause: Error | undefined;
  redis.on("error", (error) => {
    cause = error;
  });
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    signal.throwIfAborted();
    throw notAnswering(target, cause ?? error);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
  reportOutages(redis, target, log);
  return redis;
}

/** One line when it goes and one when it is back: not one for each attempt between. */
export function reportOutages(redis: Redis, target: RedisTarget, log: Logger): void {
  let away = false;
  const gone = (err?: Error) => {
    if (away) return;
    away = true;
    log.warn({ redis: addressOf(target), ...(err && { err }) }, "Redis is gone; reconnecting");
  };
  redis.on("error", gone);
  redis.on("reconnecting", () => gone());
  redis.on("ready", () => {
    if (away) log.info({ redis: addressOf(target) }, "Redis is back");
    away = false;
  });
}

function notAnswering(target: RedisTarget, cause: unknown): AppError {
  const reason = cause instanceof Error ? ("code" in cause ? String(cause.code) : cause.message) : String(cause);
  const remedy =
    "path" in target
      ? "Start Chargehand again."
      : "Start it, correct REDIS_URL, or leave REDIS_URL out to use a private one.";
  return new AppError("redis-unavailable", `Redis at ${addressOf(target)} does not answer (${reason}).`, {
    remedy,
    cause,
  });
}

/** How people call it: a URL may hold a password, which is nobody's to read. */
export function addressOf(target: RedisTarget): string {
  if ("path" in target) return target.path;
  const { host, pathname } = URL.parse(target.url) ?? { host: "", pathname: target.url };
  return host || pathname;
}
