import { setTimeout as delay } from "node:timers/promises";
import { isTerminal } from "../../src/core/job.ts";
import { disturb } from "./faults.ts";
import { lies } from "./invariants.ts";
import { kill, startAgain, targets } from "./kills.ts";
import { Random } from "./random.ts";
import { Robot } from "./robot.ts";
import { SmallDisk } from "./small-disk.ts";
import { buildTown, ledgerText, orderText, partsOf, type Town } from "./town.ts";
import { LedgerWatch } from "./watch.ts";

export interface Campaign {
  readonly seed: number;
  readonly kills: number;
  readonly jobs: number;
  /** A folder that is a disk of its own and may be filled, for the homes; without it the disk never gets full. */
  readonly disk?: string | undefined;
  readonly onProgress?: (line: string) => void;
}

export interface Outcome {
  readonly seed: number;
  readonly kills: number;
  readonly jobs: number;
  /** How many kills of what, at which moment. */
  readonly survived: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly lies: readonly string[];
  /** What the parts said, and the ledgers of jobs that ended badly or not at all. */
  readonly logs?: Readonly<Record<string, string>>;
}

/** Jobs that are open at the same time. */
const openAtOnce = 3;
/** A kill comes after one of the next lines that are written anywhere, this far at the most. */
const linesAhead = 14;
/** After the last kill everything comes to its end by itself: it is over when this long nothing has happened. */
const calmMs = 60_000;

/** Kills whatever there is, at transitions and at random moments, and says what is not true afterwards. */
export async function runCampaign(campaign: Campaign): Promise<Outcome> {
  const { seed, kills, jobs, disk } = campaign;
  // The first daemon has one project; the second has that one, too, and another.
  await using town = await buildTown(jobs, { daemons: [["shop"], ["shop", "blog"]], homesIn: disk });
  await startAgain(town);
  using _robot = new Robot(town);
  const siege = new Siege(campaign, town);
  await siege.assault();
  const found = await siege.settle();
  const { survived, faults } = siege;
  return { seed, kills, jobs, survived, faults, lies: found, ...(found.length > 0 && { logs: await siege.logs() }) };
}

class Siege {
  readonly survived: Record<string, number> = {};
  readonly faults: Record<string, number> = {};
  readonly #campaign: Campaign;
  readonly #town: Town;
  readonly #random: Random;
  readonly #watch: LedgerWatch;
  readonly #disk: SmallDisk | undefined;
  #ordered = 0;

  constructor(campaign: Campaign, town: Town) {
    this.#campaign = campaign;
    this.#town = town;
    this.#random = new Random(campaign.seed);
    this.#watch = new LedgerWatch(town.daemons.map(({ home }) => home));
    this.#disk = campaign.disk === undefined ? undefined : new SmallDisk(campaign.disk);
  }

  async assault(): Promise<void> {
    const { kills, onProgress } = this.#campaign;
    for (let killed = 1; killed <= kills; killed += 1) {
      await this.#watch.news();
      this.#keepBusy(killed / kills);
      if (this.#random.happens(0.3)) await this.#disturb();
      await this.#killOnce();
      if (killed % 10 === 0) onProgress?.(`${killed} kills, ${this.#watch.states.length} jobs`);
    }
  }

  /** Waits until everything has come to rest, and answers with what is not as it should be then. */
  async settle(): Promise<string[]> {
    await this.#disk?.empty();
    for (let quietSince = Date.now(); !this.#isOver() && Date.now() - quietSince < calmMs; await delay(100)) {
      if ((await this.#watch.news()).length > 0) quietSince = Date.now();
      this.#keepBusy(1);
      await startAgain(this.#town);
    }
    let found = await this.#lies();
    // A chat is written to once a second, so the last cards come a while after the last job.
    for (let since = Date.now(), before = found.length; found.length > 0 && Date.now() - since < calmMs; ) {
      await delay(500);
      found = await this.#lies();
      if (found.length !== before) [since, before] = [Date.now(), found.length];
    }
    return found;
  }

  /** What the parts said, and the ledgers of jobs that have no outcome. */
  async logs(): Promise<Record<string, string>> {
    const logs = Object.fromEntries(Object.entries(partsOf(this.#town)).map(([name, { log }]) => [name, log]));
    for (const { id } of this.#watch.states.filter(({ outcome }) => outcome === undefined)) {
      for (const { home } of this.#town.daemons) logs[`ledger of ${id} in ${home}`] = await ledgerText(home, id);
    }
    return logs;
  }

  /** New orders come as the kills go on, so that every kill finds work. */
  #keepBusy(share: number): void {
    const most = Math.ceil(this.#campaign.jobs * share);
    const ended = this.#watch.states.filter(({ status }) => isTerminal(status)).length;
    while (this.#ordered - ended < openAtOnce && this.#ordered < most) {
      this.#ordered += 1;
      this.#town.ann.sends(orderText(this.#ordered, this.#town.projects));
    }
  }

  async #disturb(): Promise<void> {
    const mayFlush = this.#watch.states.length === this.#ordered;
    count(this.faults, await disturb(this.#town, this.#random, { mayFlush, disk: this.#disk }));
  }

  async #killOnce(): Promise<void> {
    const random = this.#random;
    const target = random.oneOf(targets);
    const lines = 1 + random.below(linesAhead);
    const isAtLine = random.happens(0.75);
    const moment = isAtLine ? await this.#watch.after(lines, 3_000) : await delay(random.below(700), undefined);
    await kill(this.#town, target, random);
    count(this.survived, `${target} at ${moment ?? "any moment"}`);
    if (random.happens(0.5)) await delay(random.below(300));
    await startAgain(this.#town);
  }

  #isOver(): boolean {
    const { states } = this.#watch;
    return states.length === this.#campaign.jobs && states.every(({ status }) => isTerminal(status));
  }

  #lies(): Promise<string[]> {
    const wasFlushed = (this.faults.flush ?? 0) > 0;
    return lies(this.#town, { states: this.#watch.states, jobsOrdered: this.#campaign.jobs, wasFlushed });
  }
}

function count(table: Record<string, number>, name: string): void {
  table[name] = (table[name] ?? 0) + 1;
}
