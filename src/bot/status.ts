/** Whether the bot hears: only a fetch of updates that was answered counts as a sign of life. */
export class BotStatus {
  #lastPollAt: number | undefined;
  #trouble: { readonly since: number; readonly sentence: string } | undefined;

  get lastPollAt(): number | undefined {
    return this.#lastPollAt;
  }

  /** Since when fetching has failed without a break. */
  get troubledSince(): number | undefined {
    return this.#trouble?.since;
  }

  get trouble(): string | undefined {
    return this.#trouble?.sentence;
  }

  polled(at: number): void {
    this.#lastPollAt = at;
    this.#trouble = undefined;
  }

  troubled(error: unknown, at: number): void {
    const sentence = error instanceof Error ? error.message : "Telegram does not answer.";
    this.#trouble = { since: this.#trouble?.since ?? at, sentence };
  }
}
