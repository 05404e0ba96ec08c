import { type Message, ranks } from "../message.ts";
import { FairShare } from "./fair-share.ts";
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
  readonly share: FairShare;
}

/** What one message of ours wants said. */
export interface Telling {
  readonly slot: Slot;
  readonly wish: PendingWish;
}

/** One call to Telegram. `together` is what it tells: itself, and others that it is joined with. */
export interface Turn extends Telling {
  readonly lane: Lane;
  readonly together: readonly Telling[];
}

/** More than this in one message is more than a person reads. */
const mostTogether = 10;

/** All chats, and whose turn it is. */
export class Lanes {
  readonly #lanes = new Map<number, Lane>();
  readonly #pace: Pace;
  readonly #share = new FairShare();
  #answeredAt: number[] = [];
  #quietUntil = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  of(chatId: number): Lane {
    const known = this.#lanes.get(chatId);
    if (known !== undefined) return known;
    const lane = {
      chatId,
      waiting: new Set<Slot>(),
      isBusy: false,
      quietUntil: 0,
      paidUntil: 0,
      failures: 0,
      share: new FairShare(),
    };
    this.#lanes.set(chatId, lane);
    return lane;
  }

  get areIdle(): boolean {
    return this.#lanes.values().every((lane) => !lane.isBusy);
  }

  /** The turn that may be taken now, or the time at which to ask again, or nothing until something changes. */
  next(now: number): Turn | { readonly at: number } | undefined {
    const turns = [...this.#lanes.values()].flatMap(firstOf);
    if (turns.length === 0) return undefined;
    const freeAt = this.#freeAt(now);
    if (freeAt === undefined) return undefined;
    const due = turns.filter((turn) => this.#mayGoAt(turn) <= now);
    const ready = freeAt <= now ? firstByShare(this.#share, due) : undefined;
    if (ready !== undefined) return ready;
    const at = due.length > 0 ? now : Math.min(...turns.map((turn) => this.#mayGoAt(turn)));
    return { at: Math.max(at, freeAt) };
  }

  take({ lane, wish, together }: Turn, now: number): void {
    lane.isBusy = true;
    for (const { slot } of together) lane.waiting.delete(slot);
    for (const share of [lane.share, this.#share]) share.took(wish.message.rank);
    this.#quietUntil = now + this.#pace.overallMs;
  }

  /** The pace of a chat counts from the answer, so that no delay on the way can push two messages together. */
  release({ lane, together }: Turn, now: number): void {
    lane.isBusy = false;
    this.#answeredAt.push(now);
    lane.paidUntil = Math.max(lane.paidUntil, now) + this.#pace.chatMs(lane.chatId);
    for (const { slot } of together) if (slot.wish !== undefined) lane.waiting.add(slot);
  }

  /**
   * When all chats together may have one message more; nothing where that depends on an answer. What is under way may
   * arrive at any time until it is answered, so a call holds its share of a second until a second after its answer.
   */
  #freeAt(now: number): number | undefined {
    this.#answeredAt = this.#answeredAt.filter((at) => at > now - 1_000);
    const underway = this.#lanes.values().reduce((count, { isBusy }) => count + (isBusy ? 1 : 0), 0);
    const excess = underway + this.#answeredAt.length + 1 - this.#pace.perSecond;
    if (excess <= 0) return this.#quietUntil;
    const freed = this.#answeredAt[excess - 1];
    return freed === undefined ? undefined : Math.max(freed + 1_000, this.#quietUntil);
  }

  /** A question or a result goes right behind another message, on credit of one: Telegram allows short bursts. */
  #mayGoAt({ lane, wish }: Turn): number {
    const creditMs = wish.message.rank >= ranks.progress ? 0 : this.#pace.chatMs(lane.chatId);
    return Math.max(lane.quietUntil, lane.paidUntil - creditMs);
  }
}

function firstOf(lane: Lane): Turn[] {
  if (lane.isBusy) return [];
  const tellings = [...lane.waiting].flatMap((slot) => (slot.wish ? [{ slot, wish: slot.wish }] : []));
  const first = firstByShare(lane.share, tellings);
  return first === undefined ? [] : [{ lane, ...first, together: [first, ...toldWith(first, tellings)] }];
}

/** The oldest of the rank whose turn it is. */
function firstByShare<T extends Telling>(share: FairShare, tellings: readonly T[]): T | undefined {
  const rank = share.choose(tellings.map(({ wish }) => wish.message.rank));
  const candidates = tellings.filter(({ wish }) => wish.message.rank === rank);
  return candidates.toSorted(byPlace)[0];
}

/** Results that wait for the same place are one message. One that may have arrived already stays among its like. */
function toldWith(first: Telling, tellings: readonly Telling[]): Telling[] {
  if (!isShort(first)) return [];
  const { threadId } = first.wish.message.place;
  const alike = tellings.filter(
    (telling) =>
      telling !== first &&
      isShort(telling) &&
      telling.wish.message.place.threadId === threadId &&
      telling.wish.attempted === first.wish.attempted,
  );
  return alike.toSorted(byPlace).slice(0, mostTogether - 1);
}

function isShort({ slot, wish }: Telling): boolean {
  return wish.message.short !== undefined && slot.address === undefined;
}

function byPlace(one: Telling, other: Telling): number {
  return one.wish.place - other.wish.place;
}
