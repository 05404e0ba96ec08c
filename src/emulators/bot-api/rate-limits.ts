import { tooManyRequests } from "./api-error.ts";

interface Limit {
  readonly calls: number;
  readonly perMs: number;
}

/** https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this */
const overall: Limit = { calls: 30, perMs: 1_000 };
/** One a second, and a short burst over it, as the page allows: one message more. */
const perPrivateChat: Limit = { calls: 4, perMs: 3_000 };
const perGroup: Limit = { calls: 20, perMs: 60_000 };

/** Sliding windows over what puts or changes messages. */
export class RateLimits {
  readonly #takenAt = new Map<string, number[]>();

  check(method: string, chatId: string, now: number): void {
    if (!/^(send(?!chataction)|edit)/i.test(method)) return;
    const windows = [
      { key: "overall", limit: overall },
      { key: chatId, limit: chatId.startsWith("-") ? perGroup : perPrivateChat },
    ];
    const waitMs = Math.max(...windows.map(({ key, limit }) => this.#waitMs(key, limit, now)));
    if (waitMs > 0) throw tooManyRequests(Math.ceil(waitMs / 1_000));
    for (const { key } of windows) this.#takenAt.get(key)?.push(now);
  }

  #waitMs(key: string, { calls, perMs }: Limit, now: number): number {
    const recent = (this.#takenAt.get(key) ?? []).filter((at) => at > now - perMs);
    this.#takenAt.set(key, recent);
    const oldest = recent.at(-calls);
    return oldest === undefined ? 0 : oldest + perMs - now;
  }
}
