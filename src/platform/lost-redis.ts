import type { Redis } from "ioredis";
import type { Logger } from "pino";

export interface LossWatchOptions {
  readonly redis: Redis;
  /** Stands for everything that is to be rebuilt together. */
  readonly key: string;
  readonly log: Logger;
  /** The log's sentence about the loss. */
  readonly notice: string;
  readonly rebuild: () => Promise<void>;
}

/**
 * Notices that Redis has forgotten everything, flushed or replaced by an empty one, and has it rebuilt. Nothing is
 * polled: Redis itself tells when the one key goes that stands for all (CLIENT TRACKING in broadcasting mode), and
 * after every outage we look once. A connection tracks for one watch only.
 */
export class LossWatch implements AsyncDisposable {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #log: Logger;
  readonly #notice: string;
  readonly #rebuild: () => Promise<void>;
  #ear: Redis | undefined;
  #isClosed = false;
  #looking: Promise<void> = Promise.resolve();

  constructor({ redis, key, log, notice, rebuild }: LossWatchOptions) {
    this.#redis = redis;
    this.#key = key;
    this.#log = log;
    this.#notice = notice;
    this.#rebuild = rebuild;
  }

  /** From now on; what Redis holds at this moment is taken for whole. */
  async start(): Promise<void> {
    await this.#redis.set(this.#key, new Date().toISOString());
    this.#redis.on("ready", this.#listen);
    await this.#listen();
  }

  readonly #listen = async (): Promise<void> => {
    if (this.#isClosed) return;
    try {
      this.#ear?.disconnect();
      // Invalidation comes as a plain message only in the older protocol.
      const ear = this.#redis.duplicate({ protocol: 2, lazyConnect: true, retryStrategy: () => null });
      this.#ear = ear;
      ear.on("error", () => {}); // its end is what counts
      ear.on("message", this.#look);
      await ear.connect();
      const id = await ear.client("ID");
      await ear.subscribe("__redis__:invalidate");
      ear.once("end", () => {
        if (this.#ear === ear && this.#redis.status === "ready") void this.#listen();
      });
      await this.#redis.client("TRACKING", "OFF");
      await this.#redis.client("TRACKING", "ON", "REDIRECT", id, "BCAST", "PREFIX", this.#key);
      await this.#look();
    } catch (err) {
      if (!this.#isClosed) this.#log.debug({ err }, "Redis cannot be listened to now");
    }
  };

  readonly #look = (): Promise<void> => {
    this.#looking = this.#looking.then(async () => {
      try {
        if (this.#isClosed || (await this.#redis.exists(this.#key)) === 1) return;
        this.#log.warn(this.#notice);
        await this.#rebuild();
        await this.#redis.set(this.#key, new Date().toISOString());
      } catch (err) {
        if (!this.#isClosed) this.#log.error({ err }, "what Redis had forgotten could not be rebuilt");
      }
    });
    return this.#looking;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#redis.off("ready", this.#listen);
    this.#ear?.disconnect();
    await this.#looking;
  }
}
