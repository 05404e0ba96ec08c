import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import type { Message } from "../message.ts";
import { renderTogether } from "../render/together.ts";
import { Bookkeeping } from "./bookkeeping.ts";
import { type Consequence, consequenceOf } from "./consequence.ts";
import { understand } from "./failure.ts";
import { type Lane, Lanes, type Slot, type Turn } from "./lanes.ts";
import type { Pace } from "./pace.ts";
import type { Address, OutboxStore } from "./store.ts";
import type { Sender } from "./telegram-sender.ts";

export interface CourierDeps {
  readonly sender: Sender;
  readonly store: OutboxStore;
  readonly pace: Pace;
  readonly log: Logger;
}

/** A turn in hand: what is said, and whether an earlier try of the same send may have arrived. */
type Errand = Turn & { readonly message: Message; readonly isRepeated: boolean };

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** How long a call that is under way at the end may still take, before nobody knows how it went. */
const graceMs = 2_000;

/** Carries wishes to Telegram, each chat at its own pace. Its only timers are those that wait for a turn or a retry. */
export class Courier {
  readonly lanes: Lanes;
  readonly #deps: CourierDeps;
  readonly #books: Bookkeeping;
  readonly #giveUp = new AbortController();
  readonly #underway = new Set<Promise<void>>();
  #alarm: NodeJS.Timeout | undefined;
  #isOver = false;
  #closing: { readonly at: number; readonly nothingLeft: () => void } | undefined;

  constructor(deps: CourierDeps) {
    this.#deps = deps;
    this.#books = new Bookkeeping(deps.log);
    this.lanes = new Lanes(deps.pace);
  }

  /** The slot wants something: it gets its turn. */
  call(slot: Slot): void {
    if (slot.wish === undefined) return;
    this.lanes.of(slot.wish.message.place.chatId).waiting.add(slot);
    this.#proceed();
  }

  /** Sends what can be sent within the window, then stops. What is left stays stored. */
  async drain(windowMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closing = { at: Date.now() + windowMs, nothingLeft: resolve };
    const deadline = setTimeout(resolve, windowMs);
    this.#proceed();
    await promise;
    clearTimeout(deadline);
    clearTimeout(this.#alarm);
    this.#isOver = true;
    const impatience = setTimeout(() => this.#giveUp.abort(), graceMs);
    await Promise.all(this.#underway);
    await this.#books.close();
    clearTimeout(impatience);
  }

  #proceed(): void {
    clearTimeout(this.#alarm);
    while (!this.#isOver) {
      const now = Date.now();
      const next = this.lanes.next(now);
      if (next === undefined || "at" in next) {
        this.#restUntil(next?.at, now);
        return;
      }
      this.lanes.take(next, now);
      const messages = next.together.map(({ wish }) => wish.message);
      const message = messages.length === 1 ? next.wish.message : renderTogether(messages);
      const work = this.#run({ ...next, message, isRepeated: next.wish.attempted });
      this.#underway.add(work);
      void work.finally(() => this.#underway.delete(work));
    }
  }

  #restUntil(at: number | undefined, now: number): void {
    const isTooLate = at === undefined || (this.#closing !== undefined && at > this.#closing.at);
    if (isTooLate && this.lanes.areIdle) this.#closing?.nothingLeft();
    if (at !== undefined) this.#alarm = setTimeout(() => this.#proceed(), at - now);
  }

  async #run(errand: Errand): Promise<void> {
    try {
      await this.#deliver(errand);
    } catch (error) {
      this.#recover(errand, error);
    }
    this.lanes.release(errand, Date.now());
    this.#proceed();
  }

  async #deliver(errand: Errand): Promise<void> {
    const { slot, message, together, isRepeated } = errand;
    const { sender, store } = this.#deps;
    if (slot.address !== undefined) {
      const isSaid = isDeepStrictEqual(slot.says, message.content);
      if (!isSaid) await sender.edit(slot.address.messageId, message, this.#giveUp.signal);
      return this.#done(errand, slot.address);
    }
    const wishes = together.map(({ wish }) => wish);
    for (const wish of wishes) wish.attempted = true;
    if (!isRepeated) await store.keep(...wishes.filter(({ isStored }) => isStored));
    const messageId = await sender.send(message, { isRepeated }, this.#giveUp.signal);
    this.#done(errand, { chatId: message.place.chatId, messageId });
  }

  /** From here on the message stands there, whether or not Redis can be told at once. */
  #done({ lane, together, message }: Errand, address: Address): void {
    lane.failures = 0;
    for (const { slot, wish } of together) {
      slot.address = address;
      slot.says = wish.message.content;
      if (slot.wish?.order === wish.order) slot.wish = undefined;
      else if (slot.wish !== undefined) slot.wish.attempted = false;
    }
    const stored = together.flatMap(({ wish }) => (wish.isStored ? [wish] : []));
    if (stored.length > 0) this.#books.record(() => this.#deps.store.delivered(stored, address, message.key));
  }

  #recover(errand: Errand, error: unknown): void {
    const { slot, message, together, isRepeated } = errand;
    if (this.#giveUp.signal.aborted) return;
    const failure = understand(error);
    for (const telling of together) {
      if (telling.slot.wish !== undefined) telling.slot.wish.attempted = isRepeated || failure.type === "ambiguous";
    }
    const consequence = consequenceOf(failure, message);
    const reason = error instanceof Error ? error.message : String(error);
    const facts = { key: message.key, chatId: message.place.chatId, failure: failure.type, reason };
    if (together.length > 1 && isTroubleOfOne(consequence, message)) {
      this.#deps.log.warn(facts, "results were not delivered together; each is told alone");
      this.#separate(errand);
      return;
    }
    switch (consequence.type) {
      case "done":
        if (slot.address !== undefined) this.#done(errand, slot.address);
        break;
      case "again":
        this.#deps.log.warn(facts, "a message was not delivered; it is tried again");
        this.#again(errand, consequence);
        break;
      case "give-up":
        this.#deps.log.error(facts, "Telegram takes this message in no form");
        if (slot.wish?.order === errand.wish.order) this.#drop(slot);
        break;
      case "closed":
        this.#deps.log.warn(facts, "nothing can be delivered there any more");
        this.#close(errand, consequence.what);
        break;
    }
  }

  #again(errand: Errand, { message, isNew, pauseMs }: Extract<Consequence, { type: "again" }>): void {
    const { lane, slot, together } = errand;
    this.#pause(lane, pauseMs);
    if (isNew) {
      slot.address = undefined;
      this.#books.record(() => this.#deps.store.forgetAddress(slot.key));
    }
    for (const telling of together) {
      const next = telling.slot.wish;
      if (next === undefined) continue;
      const isSimpler = message !== errand.message && next.order === telling.wish.order;
      telling.slot.wish = { ...next, isStored: next.isStored || isNew === true, ...(isSimpler && { message }) };
      this.#keep(telling.slot);
    }
  }

  /** Without pauseMs for a time that grows with each failure. */
  #pause(lane: Lane, pauseMs: number | undefined): void {
    lane.failures += 1;
    lane.quietUntil = Date.now() + (pauseMs ?? Math.min(firstPauseMs * 2 ** (lane.failures - 1), longestPauseMs));
    if (pauseMs) this.#books.record(() => this.#deps.store.setQuiet(lane.chatId, lane.quietUntil));
  }

  #separate({ together }: Errand): void {
    for (const { slot } of together) {
      if (slot.wish === undefined) continue;
      const { short: _, ...alone } = slot.wish.message;
      slot.wish = { ...slot.wish, message: alone };
      this.#keep(slot);
    }
  }

  #close({ lane, message, together }: Errand, what: "chat" | "topic"): void {
    const { threadId } = message.place;
    for (const other of [...together.map(({ slot }) => slot), ...lane.waiting]) {
      if (what === "topic" && other.wish?.message.place.threadId !== threadId) continue;
      other.isAbandoned = true;
      this.#drop(other);
    }
  }

  #drop(slot: Slot): void {
    const { wish } = slot;
    slot.wish = undefined;
    if (wish?.isStored) this.#books.record(() => this.#deps.store.forget([wish]));
  }

  #keep(slot: Slot): void {
    const kept = slot.wish;
    if (!kept?.isStored) return;
    this.#books.record(async () => {
      if (slot.wish === kept) await this.#deps.store.keep(kept);
    });
  }
}

/** Telegram did not take the words: then one of those told together may be to blame, and only alone it can be told which. */
function isTroubleOfOne(consequence: Consequence, tried: Message): boolean {
  return consequence.type === "give-up" || (consequence.type === "again" && consequence.message !== tried);
}
