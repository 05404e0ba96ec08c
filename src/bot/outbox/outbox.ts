import { isDeepStrictEqual } from "node:util";
import { type Message, ranks } from "../message.ts";
import { Courier, type CourierDeps } from "./courier.ts";
import type { Slot } from "./lanes.ts";
import { partsOf } from "./parts.ts";
import type { Address, Wish } from "./store.ts";

/**
 * Everything the bot says goes through here, but for the answers to taps. A message is stored before it is sent, so
 * that it survives a crash; a send whose end nobody saw is repeated once with a label that says so.
 */
export interface Outbox extends AsyncDisposable {
  /** Says it once: a key that is known already says nothing more. Resolves when it is stored. */
  post(message: Message): Promise<void>;
  /**
   * Lets the message known by this key say this: sent if it is new, edited if it is not. Resolves when it is stored.
   * A fleeting edit is not stored: whoever wishes it will wish it anew after a restart.
   */
  show(message: Message, options?: { isFleeting: boolean }): Promise<void>;
  /** Says it now or never: for what must be said while the store is away. */
  say(message: Message): void;
  /** Takes the buttons off a message of ours, whether or not a key leads to it, and leaves its words. */
  strip(address: Address): Promise<void>;
  /**
   * Takes the buttons off this message if it is a copy of the one known by this key. A process that is killed between a
   * send and its record leaves one; nobody can find it before a person touches it.
   */
  stripCopy(key: string, address: Address): Promise<void>;
  /** Whether a message was wished or sent under this key. */
  has(key: string): Promise<boolean>;
  /** Which of our messages stands there. */
  keyAt(address: Address): Promise<string | undefined>;
}

/** How long a shutdown waits for what can still be sent. */
const drainWindowMs = 3_000;

/** Opens the outbox and goes on with what an earlier process left in it. */
export async function openOutbox(deps: CourierDeps): Promise<Outbox> {
  const outbox = new StoredOutbox(deps);
  await outbox.resume();
  return outbox;
}

/** How many messages stay in memory after they were said; a message that left it is looked up in the store. */
const rememberedSlots = 5_000;

class StoredOutbox implements Outbox {
  readonly #deps: CourierDeps;
  readonly #courier: Courier;
  readonly #slots = new Map<string, Promise<Slot>>();
  #lastOrder = 0;

  constructor(deps: CourierDeps) {
    this.#deps = deps;
    this.#courier = new Courier(deps);
  }

  async resume(): Promise<void> {
    const { store } = this.#deps;
    for (const [chatId, until] of await store.quietChats()) this.#courier.lanes.of(chatId).quietUntil = until;
    const superseded: Wish[] = [];
    for (const wish of await store.wishes()) {
      this.#lastOrder = Math.max(this.#lastOrder, wish.order);
      const slot = await this.#slot(wish.message.key);
      if (slot.wish !== undefined) superseded.push(slot.wish);
      slot.wish = { ...wish, place: wish.order, isStored: true };
      this.#courier.call(slot);
    }
    await store.forget(superseded);
  }

  async post(message: Message): Promise<void> {
    for (const part of partsOf(message)) {
      const slot = await this.#slot(part.key);
      if (slot.address === undefined && slot.wish === undefined) await this.#wish(slot, part, true);
    }
  }

  async show(message: Message, { isFleeting }: { isFleeting: boolean } = { isFleeting: false }): Promise<void> {
    for (const part of partsOf(message)) {
      const slot = await this.#slot(part.key);
      const expected = slot.wish?.message.content ?? slot.says;
      if (isDeepStrictEqual(expected, part.content)) continue;
      await this.#wish(slot, part, !isFleeting || slot.address === undefined);
    }
  }

  say(message: Message): void {
    for (const part of partsOf(message)) {
      const order = this.#nextOrder();
      const wish = { order, place: order, message: part, attempted: false, isStored: false };
      this.#courier.call({ key: part.key, wish });
    }
  }

  async strip(address: Address): Promise<void> {
    const { chatId, messageId } = address;
    const key = (await this.keyAt(address)) ?? `message-${chatId}-${messageId}`;
    const slot = await this.#slot(key);
    slot.address ??= address;
    if (slot.wish !== undefined) return;
    const content = { text: "", entities: [], keyboard: [] };
    await this.#wish(slot, { key, place: { chatId }, rank: ranks.approval, rings: false, content }, true);
  }

  async stripCopy(key: string, address: Address): Promise<void> {
    const { address: known } = await this.#slot(key);
    const isKnown =
      known === undefined || isDeepStrictEqual(known, address) || (await this.keyAt(address)) !== undefined;
    if (!isKnown) await this.strip(address);
  }

  async has(key: string): Promise<boolean> {
    const slot = await this.#slot(key);
    return slot.address !== undefined || slot.wish !== undefined;
  }

  keyAt(address: Address): Promise<string | undefined> {
    return this.#deps.store.keyAt(address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#courier.drain(drainWindowMs);
  }

  async #wish(slot: Slot, message: Message, isStored: boolean): Promise<void> {
    if (slot.isAbandoned) return;
    const order = this.#nextOrder();
    const older = slot.wish;
    const wish = {
      order,
      place: older?.place ?? order,
      message: inPlaceOf(message, slot),
      attempted: older?.attempted ?? false,
      isStored,
    };
    if (isStored) await this.#deps.store.keep(wish);
    const rival = slot.wish;
    const loser = rival !== undefined && rival.order > order ? wish : rival;
    if (loser !== wish) slot.wish = wish;
    if (loser?.isStored) await this.#deps.store.forget([loser]);
    this.#courier.call(slot);
  }

  /** One slot a message, however many ask for it at once. */
  #slot(key: string): Promise<Slot> {
    const slot = this.#slots.get(key) ?? this.#deps.store.address(key).then((address): Slot => ({ key, address }));
    slot.catch(() => this.#slots.delete(key));
    this.#slots.delete(key);
    this.#slots.set(key, slot);
    if (this.#slots.size > rememberedSlots) void this.#forgetOldest();
    return slot;
  }

  /** The one that nobody asked for the longest, unless it still waits for its turn. */
  async #forgetOldest(): Promise<void> {
    const [key, oldest] = this.#slots.entries().next().value ?? [];
    if (key === undefined) return;
    this.#slots.delete(key);
    const slot = await oldest;
    if (slot?.wish !== undefined && oldest !== undefined) this.#slots.set(key, oldest);
  }

  #nextOrder(): number {
    this.#lastOrder = Math.max(this.#lastOrder + 1, Date.now() * 1_000);
    return this.#lastOrder;
  }
}

/** News for a message that is not sent yet goes with it, as urgent as it was. */
function inPlaceOf(message: Message, { address, wish }: Slot): Message {
  if (address !== undefined || wish === undefined || wish.message.rank >= message.rank) return message;
  return { ...message, rank: wish.message.rank };
}
