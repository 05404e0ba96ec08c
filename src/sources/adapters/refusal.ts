import type { HeaderReader } from "./rate-limit.ts";

/** A tracker answered, and not as it was asked to. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: HeaderReader;
  /** What it said: hostile text, and perhaps our own credential. */
  readonly words: string;
  /** It says by other means than 429 that this was too much. */
  readonly isLimit: boolean;

  constructor(status: number, headers: HeaderReader, words: string, { isLimit = false } = {}) {
    super(`status ${status}`);
    this.name = "Refusal";
    this.status = status;
    this.headers = headers;
    this.words = words;
    this.isLimit = isLimit;
  }
}
