import { mkdir, realpath } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Logger } from "pino";
import { AppError } from "../core/error.ts";
import { findRedisServer } from "./redis-program.ts";
import { type ServerProcess, startRedisServer } from "./redis-server.ts";
import { socketPathFor } from "./socket-path.ts";

export interface PrivateRedisOptions {
  /** Holds the data. One directory has one server, however many processes open it. */
  readonly directory: string;
  readonly log: Logger;
  /** Where to look for redis-server or valkey-server. Default: the PATH, and what the launcher fetched. */
  readonly searchPath?: string;
}

export interface PrivateRedis extends AsyncDisposable {
  /** The socket of the server, whoever started it. */
  readonly path: string;
}

/**
 * A Redis of our own. The first process to open a directory starts its server, the next ones use it, and when it ends
 * (often together with the process that started it) one of those that remain starts it again on the same data.
 */
export async function openPrivateRedis(options: PrivateRedisOptions, signal: AbortSignal): Promise<PrivateRedis> {
  const program = findRedisServer(options.searchPath);
  const directory = await claimDirectory(options.directory);
  const keeper = new Keeper(program, directory, await socketPathFor(directory));

  const sentinel = await keeper.attach(signal).catch(async (error) => {
    await keeper.stop();
    throw error;
  });
  const closing = new AbortController();
  const supervision = supervise(keeper, sentinel, options.log, closing.signal);
  return {
    path: keeper.socket,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await supervision;
    },
  };
}

async function claimDirectory(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return await realpath(directory);
  } catch (cause) {
    const remedy = "Make its folder writable for this user, or set CHARGEHAND_HOME.";
    throw new AppError("redis-unavailable", `${directory} cannot be created.`, { remedy, cause });
  }
}

/** Waits for the end of the server, by the end of one connection to it, and sees to it that there is one again. */
async function supervise(keeper: Keeper, first: Redis, log: Logger, closing: AbortSignal): Promise<void> {
  let sentinel: Redis | undefined = first;
  while (sentinel !== undefined) {
    await endOf(sentinel, closing);
    if (closing.aborted) break;
    log.warn({ directory: keeper.directory }, "the private Redis has ended; starting it again");
    sentinel = await attachAgain(keeper, log, closing);
  }
  sentinel?.disconnect();
  await keeper.stop();
}

function endOf(sentinel: Redis, closing: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (sentinel.status === "end" || closing.aborted) return resolve();
    sentinel.once("end", resolve);
    closing.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** A full disk may be emptied and a removed program installed again, so this never gives up; it says so once. */
async function attachAgain(keeper: Keeper, log: Logger, closing: AbortSignal): Promise<Redis | undefined> {
  for (let attempt = 0; !closing.aborted; attempt += 1) {
    try {
      const sentinel = await keeper.attach(closing);
      log.info({ directory: keeper.directory }, "the private Redis is back");
      return sentinel;
    } catch (error) {
      if (closing.aborted) return undefined;
      if (attempt === 0) log.error({ err: error }, "the private Redis could not be started; trying again");
      await delay(1_000, undefined, { signal: closing }).catch(() => {});
    }
  }
  return undefined;
}

/** A server that is locked away behind its own start for longer than this will not answer at all. */
const patienceMs = 60_000;

class Keeper {
  readonly program: string;
  readonly directory: string;
  readonly socket: string;
  #server: ServerProcess | undefined;

  constructor(program: string, directory: string, socket: string) {
    this.program = program;
    this.directory = directory;
    this.socket = socket;
  }

  /** A connection to the directory's server, which is started when nobody has. */
  async attach(signal: AbortSignal): Promise<Redis> {
    const deadline = Date.now() + patienceMs;
    let started: ServerProcess | undefined;
    for (let pauseMs = 10; Date.now() < deadline; pauseMs = Math.min(pauseMs * 2, 250)) {
      signal.throwIfAborted();
      const sentinel = await connectOnce(this.socket);
      if (sentinel !== undefined) return sentinel;
      if (started?.ended?.directoryTaken === false) throw endedAtOnce(this.directory, started.ended.lastWords);
      if (this.#server === undefined || this.#server.ended !== undefined) {
        started = startRedisServer(this.program, this);
        this.#server = started;
      }
      await delay(pauseMs, undefined, { signal }).catch(() => {});
    }
    throw new AppError("redis-unavailable", `The private Redis in ${this.directory} runs, but it does not answer.`);
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }
}

function endedAtOnce(directory: string, lastWords: string): AppError {
  return new AppError("redis-unavailable", `The private Redis in ${directory} ended at once: ${lastWords}`);
}

async function connectOnce(path: string): Promise<Redis | undefined> {
  const redis = new Redis({ path, lazyConnect: true, retryStrategy: () => null, commandTimeout: 5_000 });
  redis.on("error", () => {}); // its end is what we listen for
  return redis.connect().then(
    () => redis,
    () => {
      redis.disconnect();
      return undefined;
    },
  );
}
