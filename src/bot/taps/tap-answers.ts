import type { Api } from "grammy";
import type { Logger } from "pino";
import { within } from "../telegram.ts";
import { clipLine } from "../text/cut.ts";

/** What a toast on a phone holds: https://core.telegram.org/bots/api#answercallbackquery */
const toastLimit = 200;

/** The one way around the outbox: a tap is answered at once, whatever else waits, and nobody waits for the answer. */
export class TapAnswers implements AsyncDisposable {
  readonly #api: Api;
  readonly #redact: (text: string) => string;
  readonly #log: Logger;
  readonly #underway = new Set<Promise<void>>();

  constructor(api: Api, redact: (text: string) => string, log: Logger) {
    this.#api = api;
    this.#redact = redact;
    this.#log = log;
  }

  send(queryId: string, sentence: string): void {
    const work = this.#send(queryId, sentence);
    this.#underway.add(work);
    void work.finally(() => this.#underway.delete(work));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#underway);
  }

  async #send(queryId: string, sentence: string): Promise<void> {
    const text = clipLine(this.#redact(sentence), toastLimit);
    const deadline = AbortSignal.timeout(5_000);
    try {
      await this.#api.answerCallbackQuery(queryId, text === "" ? {} : { text }, within(deadline, 5_000));
    } catch (error) {
      // Mostly the tap is simply too old: it was made while the bot was away.
      this.#log.debug({ err: error }, "a tap could not be answered");
    }
  }
}
