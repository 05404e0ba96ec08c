import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { Home, type Roster } from "../core/home.ts";
import { keys } from "../core/queue.ts";

/** How long a daemon counts as at work that says nothing more, although its connection seems to be there. */
const leaseMs = 15_000;
const renewalMs = 5_000;
const lookAgainMs = 1_000;

export type Announced = Pick<Home, "id" | "path" | "projects"> &
  Partial<Pick<Home, "absent" | "full" | "configuration">>;

/**
 * Says on Redis that a daemon works in this home and which projects it holds, for as long as it does. Whoever finds
 * another one announced under its own id works in a copy of that home, and waits: one of the two must not touch the jobs.
 */
export class Announcement implements AsyncDisposable {
  readonly #redis: Redis;
  #home: Omit<Home, "connection">;
  readonly #timer: NodeJS.Timeout;
  readonly #renew = () => void this.renew().catch(() => {}); // Redis is away: said again when it is back

  private constructor(redis: Redis, home: Omit<Home, "connection">) {
    this.#redis = redis;
    this.#home = home;
    this.#timer = setInterval(this.#renew, renewalMs).unref();
    redis.on("ready", this.#renew);
  }

  static async make(redis: Redis, announced: Announced, log: Logger, signal: AbortSignal): Promise<Announcement> {
    const home = { absent: [], full: [], ...announced, host: hostname(), since: new Date().toISOString() };
    for (let isFirstLook = true; ; isFirstLook = false) {
      const other = (await readRoster(redis)).find(({ id }) => id === home.id);
      // On one host the lock of the home has decided already.
      const isCopy = other?.isAtWork === true && (other.host !== home.host || other.path !== home.path);
      if (!isCopy) break;
      if (isFirstLook) {
        const { host, path } = other;
        log.warn({ host, path }, "a daemon works in another copy of this home; waiting for its end");
      }
      await delay(lookAgainMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
    const announcement = new Announcement(redis, home);
    await announcement.renew();
    return announcement;
  }

  /** Says anew for which projects an order would have to wait here, if that has changed. */
  tellFull(full: readonly string[]): void {
    if (full.join() === this.#home.full.join()) return;
    this.#home = { ...this.#home, full: [...full] };
    this.#renew();
  }

  async renew(): Promise<void> {
    const connection = await this.#redis.client("ID");
    const home: Home = { ...this.#home, connection };
    const batch = this.#redis.multi().hset(keys.homes, home.id, JSON.stringify(home));
    await batch.set(keys.atWork(home.id), connection, "PX", leaseMs).exec();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#redis.off("ready", this.#renew);
    if (this.#redis.status === "ready") await this.#redis.del(keys.atWork(this.#home.id)).catch(() => {});
  }
}

/**
 * Every home that was announced. At work is one whose lease has not run out and whose connection is there: the first
 * finds machines that went away without a word, the second finds a daemon that was killed at once.
 */
export async function readRoster(redis: Redis): Promise<Roster> {
  const texts = Object.values(await redis.hgetall(keys.homes));
  const homes = texts.map((text) => Home.parse(JSON.parse(text)));
  if (homes.length === 0) return [];
  const leases = await redis.mget(homes.map(({ id }) => keys.atWork(id)));
  const leased = leases.filter((lease) => lease !== null);
  const connected = leased.length === 0 ? new Set<string>() : await connectionsOf(redis, leased);
  return homes.map((home, index) => {
    const lease = leases[index] ?? null;
    return { ...home, isAtWork: lease !== null && connected.has(lease) };
  });
}

/** Where Redis does not tell of its connections, the lease alone decides. */
async function connectionsOf(redis: Redis, ids: readonly string[]): Promise<ReadonlySet<string>> {
  try {
    const list = String(await redis.call("CLIENT", "LIST", "ID", ...ids));
    return new Set(list.split("\n").map((line) => /^id=(\d+) /.exec(line)?.[1] ?? ""));
  } catch (error) {
    if (redis.status !== "ready") throw error;
    return new Set(ids);
  }
}
