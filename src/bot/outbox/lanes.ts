import { type Message, ranks } from "../message.ts";
import type { Pace } from "./pace.ts";
import type { Address, Wish } from "./store.ts";

/** A message of ours: where it stands, if it does, and what it should say next. A newer wish replaces an older one. */
export interface Slot {
  readonly key: string;
  address?: Address | undefined;
  /** What it says now, as far as this process knows. */
  says?: Message["content"] | undefined;
  wish?: PendingWish | undefined;
  /** Its chat or topic is closed to us: nothing more is tried. */
  isAbandoned?: boolean;
}

export interface PendingWish extends Wish {
  /** The place in the line: a wish that replaces another takes over its place. */
  readonly place: number;
  readonly isStored: boolean;
}

/** A chat, to which one message goes at a time. */
export interface Lane {
  readonly chatId: number;
  readonly waiting: Set<Slot>;
  isBusy: boolean;
  /** Nothing is sent before this time: Telegram said so, or a send failed. */
  quietUntil: number;
  /** When the messages sent so far are paid for at the chat's pace. */
  paidUntil: number;
  failures: number;
}

export interface Turn {
  readonly lane: Lane;
  readonly slot: Slot;
  readonly wish: PendingWish;
}

/** All chats, and whose turn it is. */
export class Lanes {
  readonly #lanes = new Map<number, Lane>();
  readonly #pace: Pace;
  #quietUntil = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  of(chatId: number): Lane {
    const known = this.#lanes.get(chatId);
    if (known !== undefined) return known;
    const lane = { chatId, waiting: new Set<Slot>(), isBusy: false, quietUntil: 0, paidUntil: 0, failures: 0 };
    this.#lanes.set(chatId, lane);
    return lane;
  }

  get areIdle(): boolean {
    return this.#lanes.values().every((lane) => !lane.isBusy);
  }

  /** The turn that may be taken now, or the time at which to ask again, or nothing while nobody waits. */
  next(now: number): Turn | { readonly at: number } | undefined {
    const turns = [...this.#lanes.values()].flatMap(firstOf);
    if (turns.length === 0) return undefined;
    const ready = turns.filter((turn) => this.#mayGoAt(turn) <= now).toSorted(byUrgency)[0];
    if (ready !== undefined && this.#quietUntil <= now) return ready;
    const at = ready === undefined ? Math.min(...turns.map((turn) => this.#mayGoAt(turn))) : now;
    return { at: Math.max(at, this.#quietUntil) };
  }

  take({ lane, slot }: Turn, now: number): void {
    lane.isBusy = true;
    lane.waiting.delete(slot);
    this.#quietUntil = now + this.#pace.overallMs;
  }

  /** The pace of a chat counts from the answer, so that no delay on the way can push two messages together. */
  release({ lane, slot }: Turn, now: number): void {
    lane.isBusy = false;
    lane.paidUntil = Math.max(lane.paidUntil, now) + this.#pace.chatMs(lane.chatId);
    if (slot.wish !== undefined) lane.waiting.add(slot);
  }

  /** A question or a result goes right behind another message, on credit of one: Telegram allows short bursts. */
  #mayGoAt({ lane, wish }: Turn): number {
    const creditMs = wish.message.rank === ranks.progress ? 0 : this.#pace.chatMs(lane.chatId);
    return Math.max(lane.quietUntil, lane.paidUntil - creditMs);
  }
}

function firstOf(lane: Lane): Turn[] {
  if (lane.isBusy) return [];
  const turns = [...lane.waiting].flatMap((slot) => (slot.wish ? [{ lane, slot, wish: slot.wish }] : []));
  return turns.toSorted(byUrgency).slice(0, 1);
}

function byUrgency(one: Turn, other: Turn): number {
  return one.wish.message.rank - other.wish.message.rank || one.wish.place - other.wish.place;
}
