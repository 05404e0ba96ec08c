import type { Logger } from "pino";
import { readCommand } from "../commands/command.ts";
import type { BotMemory, HeldLetter, Letter } from "../memory.ts";

/** Telegram cuts at 4,096; a client may cut a little earlier, at a line's end. */
const cutLength = 4_000;
const hardCutLength = 4_096;

/** How long a part waits for the next one. Mostly both come in the same fetch. */
const patienceMs = 1_500;
const patienceSeconds = 2;

export interface LongLettersDeps {
  readonly memory: BotMemory;
  readonly log: Logger;
  /** Receives the whole letter. May be called again with the same one after a crash. */
  readonly place: (letter: Letter) => Promise<void>;
}

/**
 * Puts long texts together again: a client sends what is over the limit as several messages, and they are one order.
 * A part that waits is stored, so its update may be confirmed.
 */
export class LongLetters {
  readonly #deps: LongLettersDeps;
  readonly #held = new Map<string, HeldLetter>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #isClosed = false;

  constructor(deps: LongLettersDeps) {
    this.#deps = deps;
  }

  /** Goes on waiting where an earlier process stopped. */
  async resume(): Promise<void> {
    for (const held of await this.#deps.memory.heldLetters()) this.#wait(held);
  }

  /** Takes a message that is part of a long letter. One that is not ends the wait of what came before it. */
  async take(letter: Letter, { mayBegin }: { mayBegin: boolean }): Promise<boolean> {
    const held = this.#held.get(correspondence(letter));
    if (held?.updateIds.includes(letter.updateId)) return true;
    if (held !== undefined) {
      if (isContinuation(held, letter)) {
        await this.#add(held, letter);
        return true;
      }
      await this.#finish(held);
    }
    if (await this.#deps.memory.wasJoined(letter.updateId)) return true;
    if (!mayBegin || letter.text.length < cutLength || readCommand(letter.text).type !== "order") return false;
    const { updateId, text, sentAt } = letter;
    const first = { letter, updateIds: [updateId], lastPartLength: text.length, lastPartAt: sentAt };
    await this.#deps.memory.hold(first);
    this.#wait(first);
    return true;
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  async #add(held: HeldLetter, { updateId, text, sentAt }: Letter): Promise<void> {
    const joint = held.lastPartLength === hardCutLength ? "" : "\n";
    const longer = {
      letter: { ...held.letter, text: `${held.letter.text}${joint}${text}` },
      updateIds: [...held.updateIds, updateId],
      lastPartLength: text.length,
      lastPartAt: sentAt,
    };
    await this.#deps.memory.hold(longer);
    this.#wait(longer);
    if (text.length < cutLength) await this.#finish(longer);
  }

  #wait(held: HeldLetter): void {
    const key = correspondence(held.letter);
    clearTimeout(this.#timers.get(key));
    this.#held.set(key, held);
    if (this.#isClosed) return;
    const again = () => this.#finish(held).catch((err) => this.#deps.log.warn({ err }, "a long order waits"));
    this.#timers.set(key, setTimeout(again, patienceMs));
  }

  async #finish(held: HeldLetter): Promise<void> {
    const key = correspondence(held.letter);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#held.delete(key);
    try {
      await this.#deps.place(held.letter);
      await this.#deps.memory.release(held);
    } catch (error) {
      this.#wait(held);
      throw error;
    }
  }
}

/** One person in one place: their parts belong together, other people's messages may stand between. */
function correspondence({ place, senderId }: Letter): string {
  return `${place.chatId}/${place.threadId ?? ""}/${senderId}`;
}

function isContinuation({ lastPartAt }: HeldLetter, { text, sentAt }: Letter): boolean {
  return !text.startsWith("/") && sentAt - lastPartAt <= patienceSeconds;
}
