/** How often an address may be wrong within this time before it is told to wait. */
const limit = 10;
const windowMs = 60_000;
/** Addresses that are remembered at most; whoever has more of them than this has not found the token either. */
const mostAddresses = 10_000;

/**
 * Counts who was wrong about a token or a signature. It keeps floods out of the log and slows whoever guesses; a right
 * token is never turned away, because otherwise anybody could lock its owner out.
 */
export class FailedAttempts {
  readonly #now: () => number;
  readonly #byAddress = new Map<string, { count: number; until: number }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Counts one more. Answers how many seconds to wait, or 0 while there may be another. */
  add(address: string): number {
    const now = this.#now();
    const before = this.#byAddress.get(address);
    const attempts = before !== undefined && before.until > now ? before : { count: 0, until: now + windowMs };
    attempts.count += 1;
    this.#byAddress.delete(address);
    this.#byAddress.set(address, attempts);
    if (this.#byAddress.size > mostAddresses) this.#forgetOldest();
    return attempts.count > limit ? Math.ceil((attempts.until - now) / 1_000) : 0;
  }

  #forgetOldest(): void {
    for (const address of this.#byAddress.keys()) {
      this.#byAddress.delete(address);
      return;
    }
  }
}
