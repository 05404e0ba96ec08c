import { ApiError } from "./api-error.ts";
import type { Changes } from "./changes.ts";
import type { Update } from "./wire.ts";

/** These reach a bot only when it asks for them by name. */
const onRequest = new Set(["chat_member", "message_reaction", "message_reaction_count"]);

export interface Poll {
  readonly offset: number;
  readonly limit: number;
  readonly timeoutMs: number;
  readonly allowedUpdates?: readonly string[] | undefined;
}

/** The updates a bot has not confirmed yet, and the one long poll that may wait for more. */
export class Updates {
  webhookUrl = "";
  /** Every update there ever was. */
  readonly all: Update[] = [];
  #pending: Update[] = [];
  #again: Update[] = [];
  #nextId = 100_001;
  #allowed: readonly string[] = [];
  #poll: AbortController | undefined;
  readonly #changes: Changes;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  get pending(): readonly Update[] {
    return this.#pending;
  }

  /** Whether a bot waits for updates at this moment. */
  get isPolled(): boolean {
    return this.#poll !== undefined;
  }

  /** Queues an update of a type the bot receives; an update nobody asked for does not come into being. */
  push(type: string, payload: unknown): Update | undefined {
    if (this.#allowed.length > 0 ? !this.#allowed.includes(type) : onRequest.has(type)) return undefined;
    const update = { update_id: this.#nextId++, [type]: payload };
    this.all.push(update);
    this.#pending.push(update);
    this.#changes.announce();
    return update;
  }

  /** Delivers an update once more, confirmed or not, as happens when Telegram lost a confirmation. */
  deliverAgain(update: Update): void {
    this.#again.push(update);
    this.#changes.announce();
  }

  dropPending(): void {
    this.#pending = [];
  }

  /** A new poll ends the one that waits, with 409 for the older: one bot has one reader. */
  async take({ offset, limit, timeoutMs, allowedUpdates }: Poll, signal: AbortSignal): Promise<Update[]> {
    if (allowedUpdates) this.#allowed = allowedUpdates;
    this.endPoll(conflict("terminated by other getUpdates request; make sure that only one bot instance is running"));
    this.#confirm(offset);
    const poll = new AbortController();
    this.#poll = poll;
    this.#changes.announce();
    try {
      return await this.#wait(limit, timeoutMs, AbortSignal.any([signal, poll.signal]));
    } finally {
      if (this.#poll === poll) this.#poll = undefined;
    }
  }

  /** Ends the poll that waits, with this refusal. */
  endPoll(refusal: ApiError): void {
    this.#poll?.abort(refusal);
  }

  #confirm(offset: number): void {
    this.#pending =
      offset < 0 ? this.#pending.slice(offset) : this.#pending.filter((update) => update.update_id >= offset);
  }

  async #wait(limit: number, timeoutMs: number, signal: AbortSignal): Promise<Update[]> {
    const ready = () => this.#again.length + this.#pending.length > 0;
    await this.#changes.waitFor(ready, { timeoutMs, signal });
    const updates = [...this.#again, ...this.#pending].slice(0, limit);
    this.#again = this.#again.slice(updates.length);
    return updates;
  }
}

export function conflict(reason: string): ApiError {
  return new ApiError(409, `Conflict: ${reason}`);
}
