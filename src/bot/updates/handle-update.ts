import type { CallbackQuery, Message, Update } from "grammy/types";
import type { Redis } from "ioredis";
import { isStoreAway } from "../../platform/store-away.ts";
import { identify } from "../access.ts";
import { answerCommand } from "../commands/answer-command.ts";
import { readCommand } from "../commands/command.ts";
import type { Letter } from "../memory.ts";
import { ranks } from "../message.ts";
import type { BotParts } from "../parts.ts";
import { pressed } from "../taps/tap.ts";
import type { TapAnswers } from "../taps/tap-answers.ts";
import { join } from "../text/rich-text.ts";
import { handleMessage } from "./handle-message.ts";
import type { LongLetters } from "./long-letters.ts";
import { readMessage } from "./read-message.ts";

export interface UpdateHandlerDeps {
  readonly parts: BotParts;
  readonly longLetters: LongLetters;
  readonly tapAnswers: TapAnswers;
  readonly redis: Redis;
}

/** Deals with updates, whatever happens inside. It tells whether the update's effect is stored or must be tried again. */
export class UpdateHandler {
  readonly #deps: UpdateHandlerDeps;
  /** Chats that know that the store is away. */
  readonly #told = new Set<number>();

  constructor(deps: UpdateHandlerDeps) {
    this.#deps = deps;
  }

  async handle(update: Update): Promise<boolean> {
    if (update.callback_query !== undefined) return this.#tap(update.update_id, update.callback_query);
    if (update.message !== undefined) return this.#message(update.update_id, update.message);
    return true;
  }

  async #tap(updateId: number, query: CallbackQuery): Promise<boolean> {
    const { tapAnswers } = this.#deps;
    tapAnswers.send(query.id, await this.#outcomeOf(updateId, query));
    return true;
  }

  /** A tap that could not be recorded is not kept for later: the person is there and can tap again. */
  async #outcomeOf(updateId: number, query: CallbackQuery): Promise<string> {
    const { parts, redis } = this.#deps;
    try {
      return await pressed(parts, updateId, query);
    } catch (error) {
      if (await isStoreAway(redis, error)) return "I cannot reach my queue right now. Please tap again in a minute.";
      parts.log.error({ err: error, updateId }, "a tap could not be handled");
      return "Something broke inside Chargehand. The log has the details.";
    }
  }

  async #message(updateId: number, message: Message): Promise<boolean> {
    const { parts, longLetters, redis } = this.#deps;
    try {
      await handleMessage(parts, longLetters, updateId, message);
      this.#told.delete(message.chat.id);
      return true;
    } catch (error) {
      if (await isStoreAway(redis, error)) {
        this.#tellOnce(updateId, message);
        return false;
      }
      parts.log.error({ err: error, updateId }, "a message could not be handled");
      this.#say(updateId, message, "Something broke inside Chargehand, so nothing was done. The log has the details.");
      return true;
    }
  }

  /** A long letter that was put together: no update waits for it any more. */
  async place(letter: Letter): Promise<void> {
    const { parts, redis } = this.#deps;
    try {
      await answerCommand(parts, letter, readCommand(letter.text));
    } catch (error) {
      if (await isStoreAway(redis, error)) throw error;
      parts.log.error({ err: error, updateId: letter.updateId }, "a long order could not be placed");
    }
  }

  #tellOnce(updateId: number, message: Message): void {
    if (this.#told.has(message.chat.id)) return;
    this.#told.add(message.chat.id);
    const sentence =
      "I cannot reach my queue right now. Your message is kept, and I go on as soon as the queue is back.";
    this.#say(updateId, message, sentence);
  }

  /** Not stored, since the store may be what is broken. */
  #say(updateId: number, message: Message, sentence: string): void {
    const { config, outbox, me } = this.#deps.parts;
    const { place, isAddressed } = readMessage(message, me);
    if (!isAddressed || message.from === undefined || identify(config, message.from).role === "stranger") return;
    outbox.say({ key: `say-${updateId}`, place, rank: ranks.approval, rings: false, content: join(sentence) });
  }
}
