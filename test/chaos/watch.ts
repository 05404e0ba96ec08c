import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { JobEvent } from "../../src/core/event.ts";
import { LedgerEntry } from "../../src/core/event.ts";
import { fold, isTerminal, type JobState } from "../../src/core/job.ts";
import { ledgerText } from "./town.ts";

/** A transition as a ledger shows it: an event's type, and of a stage its name. */
export type Transition = JobEvent["type"] | `stage_started ${"run" | "verify" | "land"}`;

/** Soon enough to kill right after a line, and seldom enough to leave the processor to those that write them. */
const lookAgainMs = 4;

/** Reads the ledgers from outside, as they grow, so that a part can be killed right after a line was written. */
export class LedgerWatch {
  readonly #homes: readonly string[];
  readonly #sizes = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  readonly #states = new Map<string, JobState>();
  readonly #passed = new Map<string, Set<Transition>>();

  constructor(homes: readonly string[]) {
    this.#homes = homes;
  }

  get states(): readonly JobState[] {
    return [...this.#states.values()];
  }

  /** Whether a job is open that has this one still before it. */
  isToCome(transition: Transition): boolean {
    const open = this.states.filter(({ status }) => !isTerminal(status));
    return open.some(({ id }) => this.#passed.get(id)?.has(transition) !== true);
  }

  /** The transitions since it was looked at last. */
  async news(): Promise<Transition[]> {
    return (await Promise.all(this.#homes.map((home) => this.#newsOf(home)))).flat();
  }

  async #newsOf(home: string): Promise<Transition[]> {
    const ids = await readdir(join(home, "jobs")).catch(() => []);
    const news: Transition[] = [];
    for (const id of ids) {
      const known = this.#states.get(id);
      if (known !== undefined && isTerminal(known.status)) continue;
      const size = await sizeOf(join(home, "jobs", id, "ledger.jsonl"));
      if (size === this.#sizes.get(id)) continue;
      this.#sizes.set(id, size);
      const lines = (await ledgerText(home, id)).split("\n").slice(0, -1);
      for (const line of lines.slice(this.#seen.get(id) ?? 0)) {
        const entry = LedgerEntry.parse(JSON.parse(line));
        this.#states.set(id, fold(this.#states.get(id), entry));
        const transition = transitionOf(entry.event);
        this.#passed.set(id, (this.#passed.get(id) ?? new Set()).add(transition));
        news.push(transition);
      }
      this.#seen.set(id, lines.length);
    }
    return news;
  }

  /** Waits for a line of this kind; answers whether it came in time. */
  async until(wanted: Transition, timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline) {
      if ((await this.news()).includes(wanted)) return true;
      await delay(lookAgainMs);
    }
    return false;
  }

  /** Waits until so many lines more were written, but not for ever; answers which was the last. */
  async after(count: number, timeoutMs: number): Promise<Transition | undefined> {
    const deadline = Date.now() + timeoutMs;
    let left = count;
    while (Date.now() < deadline) {
      for (const transition of await this.news()) {
        left -= 1;
        if (left === 0) return transition;
      }
      await delay(lookAgainMs);
    }
    return undefined;
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function transitionOf(event: JobEvent): Transition {
  return event.type === "stage_started" ? `stage_started ${event.stage}` : event.type;
}
