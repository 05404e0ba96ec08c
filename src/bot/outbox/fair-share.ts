import { type Rank, ranks } from "../message.ts";

/**
 * How many turns in a row a rank takes while a less urgent one waits. Questions come first, results and progress
 * alternate, and upkeep has a turn now and then even where the rest would take them all.
 */
const turnsInRow: Record<Rank, number> = {
  [ranks.approval]: 3,
  [ranks.final]: 1,
  [ranks.progress]: 120,
  [ranks.upkeep]: 1,
};

const byUrgency = Object.values(ranks).toSorted((one, other) => one - other);

/** Whose turn it is: the more urgent before the less urgent, and none starves. */
export class FairShare {
  /** Turns that each rank has had since a less urgent one had one. */
  readonly #taken = new Map<Rank, number>();

  /** The rank that goes next, of those that wait. */
  choose(waiting: Iterable<Rank>): Rank | undefined {
    const ranked = byUrgency.filter((rank) => new Set(waiting).has(rank));
    return ranked.find((rank) => (this.#taken.get(rank) ?? 0) < turnsInRow[rank]) ?? ranked.at(-1);
  }

  took(rank: Rank): void {
    for (const urgent of byUrgency.filter((it) => it < rank)) this.#taken.set(urgent, 0);
    this.#taken.set(rank, (this.#taken.get(rank) ?? 0) + 1);
  }
}
