import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { z } from "zod";
import { LedgerEntry } from "../core/event.ts";
import { keys } from "../core/queue.ts";
import { redacted } from "../core/redacted.ts";
import type { JobId } from "../core/task.ts";
import { type FollowedEntry, followEntries } from "../platform/job-desk.ts";
import { beginning, isAfter } from "./cursor.ts";

/** One ledger entry as it is told to everybody: in JSON, without secrets. */
export interface Told {
  readonly cursor: string;
  readonly jobId: JobId;
  readonly json: string;
}

export interface Page {
  readonly entries: readonly Told[];
  /** Where to go on. */
  readonly next: string;
  /** Whether entries between the place that was asked for and these are no longer kept. */
  readonly isGap: boolean;
}

interface FeedDeps {
  /** For pages of the past. Fails fast. */
  readonly redis: Redis;
  /** Opens a connection that may be blocked. */
  readonly openReader: (signal: AbortSignal) => Promise<Redis>;
  readonly redact: (text: string) => string;
  /** Is told of each entry that comes, once and in order. */
  readonly onEntry: (entry: LedgerEntry) => void;
  readonly log: Logger;
}

/** How many entries stay at hand, for all who follow; whoever is further behind reads them from Redis. */
const atHand = 1_000;
const pageLength = 200;

/**
 * The jobs' events for any number of readers, over one blocked connection. Each reader keeps its own place and takes a
 * page when it can, so that nobody's slowness is anybody's memory.
 */
export class EventFeed implements AsyncDisposable {
  readonly #deps: FeedDeps;
  readonly #closing = new AbortController();
  #recent: Told[] = [];
  /** Everything after this place is at hand. */
  #since: string;
  #waiting = new Set<() => void>();
  #following: Promise<void>;

  static async open(deps: FeedDeps): Promise<EventFeed> {
    const [newest] = await deps.redis.xrevrange(keys.events, "+", "-", "COUNT", 1);
    return new EventFeed(deps, newest?.[0] ?? beginning);
  }

  private constructor(deps: FeedDeps, newest: string) {
    this.#deps = deps;
    this.#since = newest;
    this.#following = this.#follow();
  }

  /** The place of the newest entry that is known of. */
  get newest(): string {
    return this.#recent.at(-1)?.cursor ?? this.#since;
  }

  /** What comes after a place; an empty page when there is nothing yet. */
  async read(after: string): Promise<Page> {
    return isAfter(this.#since, after) ? this.#readPast(after) : this.#readAtHand(after);
  }

  #readAtHand(after: string): Page {
    const first = this.#recent.findIndex(({ cursor }) => isAfter(cursor, after));
    const entries = first < 0 ? [] : this.#recent.slice(first, first + pageLength);
    return { entries, next: entries.at(-1)?.cursor ?? after, isGap: false };
  }

  async #readPast(after: string): Promise<Page> {
    const since = this.#since;
    const [[oldest], items] = await Promise.all([
      this.#deps.redis.xrange(keys.events, "-", "+", "COUNT", 1),
      this.#deps.redis.xrange(keys.events, `(${after}`, "+", "COUNT", pageLength),
    ]);
    const entries = items.flatMap(([cursor, fields]) => {
      const entry = LedgerEntry.safeParse(parseJson(fields[1]));
      return entry.success ? [this.#told({ cursor, entry: entry.data })] : [];
    });
    // Redis holds nothing of what was there when it was emptied since.
    const isLost = oldest === undefined || isAfter(oldest[0], after);
    return { entries, next: items.at(-1)?.[0] ?? since, isGap: after !== beginning && isLost };
  }

  /** Waits until there is something after a place: true. False when that took too long or was called off. */
  async news(after: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    if (isAfter(this.newest, after)) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const wake = () => resolve(true);
    const giveUp = () => resolve(false);
    const timer = setTimeout(giveUp, timeoutMs);
    signal.addEventListener("abort", giveUp, { once: true });
    this.#waiting.add(wake);
    if (signal.aborted) giveUp();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      this.#waiting.delete(wake);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#following;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#readOn(signal);
      } catch (err) {
        if (signal.aborted) return;
        this.#deps.log.warn({ err }, "the jobs' events cannot be read; trying again");
        await delay(1_000, undefined, { signal }).catch(() => {});
      }
    }
  }

  async #readOn(signal: AbortSignal): Promise<void> {
    const reader = await this.#deps.openReader(signal);
    try {
      for await (const followed of followEntries(reader, this.newest, signal)) {
        this.#deps.onEntry(followed.entry);
        this.#take(this.#told(followed));
      }
    } finally {
      reader.disconnect();
    }
  }

  #take(told: Told): void {
    this.#recent.push(told);
    // Cut seldom and by half, not by one with every entry.
    if (this.#recent.length > 2 * atHand) {
      this.#since = this.#recent.at(-atHand - 1)?.cursor ?? this.#since;
      this.#recent = this.#recent.slice(-atHand);
    }
    for (const wake of this.#waiting) wake();
  }

  #told({ cursor, entry }: FollowedEntry): Told {
    return { cursor, jobId: entry.jobId, json: JSON.stringify(redacted(entry, this.#deps.redact)) };
  }
}

function parseJson(text: string | undefined): z.infer<ReturnType<typeof z.json>> | undefined {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
}
