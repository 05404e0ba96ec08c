import type { Redis } from "ioredis";
import { z } from "zod";
import { homesAtWork } from "../core/home.ts";
import { botConnectionPrefix } from "../core/queue.ts";
import type { JobDesk } from "../platform/job-desk.ts";

export const Health = z
  .strictObject({
    status: z.enum(["ok", "unavailable"]),
    redis: z.boolean().meta({ description: "Whether Redis answers." }),
    daemons: z.number().int().nonnegative().nullable().meta({ description: "Daemons at work; null when unknown." }),
    bots: z.number().int().nonnegative().nullable().meta({ description: "Bots at work; null when unknown." }),
  })
  .meta({ id: "Health" });
export type Health = z.infer<typeof Health>;

/** Anybody may ask, and often: Redis is asked at most once in this time. */
const freshMs = 1_000;

/** Whether what is ordered now would be worked on. */
export class HealthDesk {
  readonly #redis: Redis;
  readonly #desk: Pick<JobDesk, "roster">;
  #last: { readonly at: number; readonly health: Promise<Health> } | undefined;

  constructor(redis: Redis, desk: Pick<JobDesk, "roster">) {
    this.#redis = redis;
    this.#desk = desk;
  }

  look(): Promise<Health> {
    const now = Date.now();
    if (this.#last === undefined || now - this.#last.at > freshMs) this.#last = { at: now, health: this.#ask() };
    return this.#last.health;
  }

  async #ask(): Promise<Health> {
    const redis = await this.#redis.ping().then(
      () => true,
      () => false,
    );
    if (!redis) return { status: "unavailable", redis, daemons: null, bots: null };
    // Some hosted servers do not tell who is connected; that is no reason to call them ill.
    const daemons = await this.#desk.roster().then(
      (roster) => homesAtWork(roster).length,
      () => null,
    );
    const bots = await this.#countBots().catch(() => null);
    return { status: daemons === 0 ? "unavailable" : "ok", redis, daemons, bots };
  }

  /** A bot that serves and those that wait for its end have the same name: it counts once. */
  async #countBots(): Promise<number> {
    const names = String(await this.#redis.client("LIST")).matchAll(/(?<=\sname=)\S+/g);
    return new Set(Array.from(names, ([name]) => name).filter((name) => name.startsWith(botConnectionPrefix))).size;
  }
}
