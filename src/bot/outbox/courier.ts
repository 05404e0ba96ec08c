import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import { type Consequence, consequenceOf } from "./consequence.ts";
import { understand } from "./failure.ts";
import { Lanes, type Slot, type Turn } from "./lanes.ts";
import type { Pace } from "./pace.ts";
import type { Address, OutboxStore } from "./store.ts";
import type { Sender } from "./telegram-sender.ts";

export interface CourierDeps {
  readonly sender: Sender;
  readonly store: OutboxStore;
  readonly pace: Pace;
  readonly log: Logger;
}

/** A turn in hand. `isRepeated`: an earlier try of the same send may have arrived. */
type Errand = Turn & { readonly isRepeated: boolean };

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** How long a call that is under way at the end may still take, before nobody knows how it went. */
const graceMs = 2_000;

/** Carries wishes to Telegram, each chat at its own pace. Its only timers are those that wait for a turn or a retry. */
export class Courier {
  readonly lanes: Lanes;
  readonly #deps: CourierDeps;
  readonly #giveUp = new AbortController();
  readonly #underway = new Set<Promise<void>>();
  #alarm: NodeJS.Timeout | undefined;
  #isOver = false;
  #closing: { readonly at: number; readonly nothingLeft: () => void } | undefined;

  constructor(deps: CourierDeps) {
    this.#deps = deps;
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
      this.#follow(this.#run({ ...next, isRepeated: next.wish.attempted }));
    }
  }

  #restUntil(at: number | undefined, now: number): void {
    const isTooLate = at === undefined || (this.#closing !== undefined && at > this.#closing.at);
    if (isTooLate && this.lanes.areIdle) this.#closing?.nothingLeft();
    if (at !== undefined) this.#alarm = setTimeout(() => this.#proceed(), at - now);
  }

  #follow(work: Promise<void>): void {
    this.#underway.add(work);
    void work.finally(() => this.#underway.delete(work));
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
    const { slot, wish, isRepeated } = errand;
    const { sender, store } = this.#deps;
    if (slot.address !== undefined) {
      const isSaid = isDeepStrictEqual(slot.says, wish.message.content);
      if (!isSaid) await sender.edit(slot.address.messageId, wish.message, this.#giveUp.signal);
      return this.#done(errand, slot.address);
    }
    wish.attempted = true;
    if (wish.isStored && !isRepeated) await store.keep(wish);
    const messageId = await sender.send(wish.message, { isRepeated }, this.#giveUp.signal);
    this.#done(errand, { chatId: wish.message.place.chatId, messageId });
  }

  /** From here on the message stands there, whether or not Redis can be told at once. */
  #done({ lane, slot, wish }: Errand, address: Address): void {
    lane.failures = 0;
    slot.address = address;
    slot.says = wish.message.content;
    if (slot.wish?.order === wish.order) slot.wish = undefined;
    else if (slot.wish !== undefined) slot.wish.attempted = false;
    if (wish.isStored) this.#record(() => this.#deps.store.delivered(wish, address));
  }

  #recover(errand: Errand, error: unknown): void {
    const { slot, wish, isRepeated } = errand;
    if (this.#giveUp.signal.aborted) return;
    const failure = understand(error);
    if (slot.wish !== undefined) slot.wish.attempted = isRepeated || failure.type === "ambiguous";
    const consequence = consequenceOf(failure, wish.message);
    const reason = error instanceof Error ? error.message : String(error);
    const facts = { key: slot.key, chatId: wish.message.place.chatId, failure: failure.type, reason };
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
        if (slot.wish?.order === wish.order) this.#drop(slot);
        break;
      case "closed":
        this.#deps.log.warn(facts, "nothing can be delivered there any more");
        this.#close(errand, consequence.what);
        break;
    }
  }

  #again({ lane, slot, wish }: Errand, { message, isNew, pauseMs }: Extract<Consequence, { type: "again" }>): void {
    const { store } = this.#deps;
    lane.failures += 1;
    lane.quietUntil = Date.now() + (pauseMs ?? Math.min(firstPauseMs * 2 ** (lane.failures - 1), longestPauseMs));
    if (pauseMs) this.#record(() => store.setQuiet(lane.chatId, lane.quietUntil));
    if (isNew) {
      slot.address = undefined;
      this.#record(() => store.forgetAddress(slot.key));
    }
    const next = slot.wish;
    if (next === undefined) return;
    const isStored = next.isStored || isNew === true;
    slot.wish = { ...next, isStored, ...(next.order === wish.order && { message }) };
    if (isStored) this.#keep(slot);
  }

  #close({ lane, slot, wish }: Errand, what: "chat" | "topic"): void {
    const { threadId } = wish.message.place;
    for (const other of [slot, ...lane.waiting]) {
      if (what === "topic" && other.wish?.message.place.threadId !== threadId) continue;
      other.isAbandoned = true;
      this.#drop(other);
    }
  }

  #drop(slot: Slot): void {
    const { wish } = slot;
    slot.wish = undefined;
    if (wish?.isStored) this.#record(() => this.#deps.store.forget([wish]));
  }

  #keep(slot: Slot): void {
    const kept = slot.wish;
    this.#record(async () => {
      if (kept !== undefined && slot.wish === kept) await this.#deps.store.keep(kept);
    });
  }

  /** Bookkeeping that must happen, if not now then when Redis is back. */
  #record(write: () => Promise<void>): void {
    this.#follow(this.#persist(write));
  }

  async #persist(write: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (this.#isOver) return;
        this.#deps.log.warn({ err: error }, "the outbox could not be written; trying again");
        await delay(firstPauseMs, undefined, { signal: this.#giveUp.signal }).catch(() => {});
      }
    }
  }
}
