import { badRequest } from "./api-error.ts";
import type { Changes } from "./changes.ts";
import type { ChatMessage } from "./chat.ts";

/** What `answerCallbackQuery` said: a toast, or an alert to be closed, or nothing but the end of the spinner. */
export interface TapAnswer {
  readonly text?: string | undefined;
  readonly showAlert: boolean;
  readonly url?: string | undefined;
}

/** A press of an inline button. The phone shows a spinner until `answer` is there or the tap is too old. */
export interface Tap {
  readonly id: string;
  readonly message: ChatMessage;
  readonly data: string;
  readonly answer: TapAnswer | undefined;
  readonly isExpired: boolean;
}

interface OpenTap extends Tap {
  answer: TapAnswer | undefined;
  isExpired: boolean;
}

export class Taps {
  readonly #taps = new Map<string, OpenTap>();
  readonly #changes: Changes;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  open(message: ChatMessage, data: string): Tap {
    const id = String(4_000_000_000_000 + this.#taps.size);
    const tap = { id, message, data, answer: undefined, isExpired: false };
    this.#taps.set(id, tap);
    this.#changes.announce();
    return tap;
  }

  /** A tap takes one answer, while it is young. */
  answer(id: string, answer: TapAnswer): void {
    const tap = this.#taps.get(id);
    if (tap === undefined || tap.isExpired || tap.answer !== undefined) {
      throw badRequest("query is too old and response timeout expired or query ID is invalid");
    }
    tap.answer = answer;
    this.#changes.announce();
  }

  /** Makes every tap that waits too old to be answered. */
  expire(): void {
    for (const tap of this.#taps.values()) tap.isExpired ||= tap.answer === undefined;
    this.#changes.announce();
  }
}
