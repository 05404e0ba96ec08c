import type { ChatMessage } from "../../src/emulators/bot-api/chat.ts";
import type { Town } from "./town.ts";

/** How long Ann waits before she presses a button again that is still there. */
const patienceMs = 4_000;

/**
 * Ann's finger: it allows every command, merges what was proven and discards every seventh job. A button that does not
 * go away is pressed again, as people do.
 */
export class Robot implements Disposable {
  readonly #town: Town;
  readonly #pressed = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(town: Town) {
    this.#town = town;
    this.#timer = setInterval(() => this.#look(), 50);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const message of this.#town.ann.chat.messages) {
      const button = wantedButton(message);
      if (button === undefined) continue;
      const key = `${message.id} ${button}`;
      if (Date.now() - (this.#pressed.get(key) ?? 0) < patienceMs) continue;
      this.#pressed.set(key, Date.now());
      this.#town.ann.taps(message, button);
    }
  }
}

function wantedButton({ text, keyboard }: ChatMessage): string | undefined {
  const buttons = keyboard.flat().map((button) => button.text);
  if (buttons.includes("Allow once")) return "Allow once";
  if (!buttons.includes("Merge")) return undefined;
  return isToBeDiscarded(text) ? "Discard" : "Merge";
}

function isToBeDiscarded(text: string): boolean {
  return Number(/part (\d+) of/.exec(text)?.[1] ?? 1) % 7 === 0;
}
