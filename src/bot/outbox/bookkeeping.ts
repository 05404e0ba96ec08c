import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";

const pauseMs = 1_000;

/** Writes that must happen, if not now then when the store is back. At the end nobody waits for a store that is away. */
export class Bookkeeping {
  readonly #log: Logger;
  readonly #underway = new Set<Promise<void>>();
  readonly #ending = new AbortController();

  constructor(log: Logger) {
    this.#log = log;
  }

  record(write: () => Promise<void>): void {
    const work = this.#persist(write);
    this.#underway.add(work);
    void work.finally(() => this.#underway.delete(work));
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#underway);
  }

  async #persist(write: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (this.#ending.signal.aborted) return;
        this.#log.warn({ err: error }, "the outbox could not be written; trying again");
        await delay(pauseMs, undefined, { signal: this.#ending.signal }).catch(() => {});
      }
    }
  }
}
