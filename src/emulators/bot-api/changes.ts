export interface WaitOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export type Truthy<T> = Exclude<T, undefined | null | false | 0 | "">;

/** Tells whoever waits that something changed. Waiters look again on every change, so nobody polls and nobody is late. */
export class Changes {
  readonly #listeners = new Set<() => void>();
  #revision = 0;
  #isAnnouncing = false;

  /** Counts every change: what carries the revision of its last change can be found again by it. */
  get revision(): number {
    return this.#revision;
  }

  /** Listeners run once the change, and those that belong to it, are complete. */
  announce(): number {
    this.#revision += 1;
    if (!this.#isAnnouncing) {
      this.#isAnnouncing = true;
      queueMicrotask(() => this.#tell());
    }
    return this.#revision;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The first truthy value of `look`, or nothing once the time is over. */
  async waitFor<T>(look: () => T, { timeoutMs, signal }: WaitOptions): Promise<Truthy<T> | undefined> {
    signal?.throwIfAborted();
    const found = look();
    if (found) return found as Truthy<T>;

    const { promise, resolve, reject } = Promise.withResolvers<Truthy<T> | undefined>();
    const stopListening = this.onChange(() => attempt(look, resolve, reject));
    const deadline = setTimeout(resolve, timeoutMs, undefined);
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await promise;
    } finally {
      stopListening();
      clearTimeout(deadline);
      signal?.removeEventListener("abort", abort);
    }
  }

  #tell(): void {
    this.#isAnnouncing = false;
    for (const listener of [...this.#listeners]) listener();
  }
}

function attempt<T>(look: () => T, resolve: (value: Truthy<T>) => void, reject: (error: unknown) => void): void {
  try {
    const found = look();
    if (found) resolve(found as Truthy<T>);
  } catch (error) {
    reject(error);
  }
}
