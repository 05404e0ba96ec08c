import type { Issue } from "../../core/tracker.ts";

interface LastList {
  readonly mark: unknown;
  readonly readAt: number;
  readonly issues: Issue[];
}

/** How a list that is asked for again and again is read. */
export interface Reading {
  /** One cheap request. Its answer is the same value as before (`===`) when nothing in the scope has been touched. */
  readonly mark: () => Promise<unknown>;
  readonly list: () => Promise<Issue[]>;
}

/** What changes without touching an issue's time (a label renamed, an issue moved away) is seen after this time. */
const trustedForMs = 10 * 60_000;

/** The last list of each kind, which holds until something in the scope has been touched. */
export class PolledLists {
  readonly #now: () => number;
  readonly #lists = new Map<string, LastList>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async read(key: string, reading: Reading): Promise<Issue[]> {
    const last = this.#lists.get(key);
    // Before the list: what is touched while its pages are read then shows the next time.
    const mark = await reading.mark();
    if (last !== undefined && last.mark === mark && this.#now() - last.readAt < trustedForMs) return last.issues;
    const readAt = this.#now();
    const issues = await reading.list();
    this.#lists.set(key, { mark, readAt, issues });
    return issues;
  }
}
