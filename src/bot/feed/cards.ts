import { isTerminal, type JobState } from "../../core/job.ts";
import type { ChatPlace } from "../../core/task.ts";
import { Coalescer } from "../coalescer.ts";
import { aboutJob, addressOf, messageKeys, placeName } from "../job-messages.ts";
import { ranks } from "../message.ts";
import type { BotParts } from "../parts.ts";
import { redactJob } from "../redact-job.ts";
import { renderCard, renderRestingCard } from "../render/card.ts";
import { renderClosedOverview, renderOverview } from "../render/overview.ts";
import { Board } from "./board.ts";

type CardsParts = Pick<BotParts, "desk" | "outbox" | "memory" | "log" | "redact">;

/**
 * Keeps what the chats show of jobs true: a card for each, and where many jobs are live one overview, while their cards
 * rest. However often a job is touched, its state is read once at a time and the newest is shown.
 */
export class Cards {
  readonly #parts: CardsParts;
  readonly #coalescer = new Coalescer();
  readonly #boards = new Map<string, Board>();

  constructor(parts: CardsParts) {
    this.#parts = parts;
  }

  /** A crash may have left any message at a state that is no longer true. */
  async refreshAll(): Promise<void> {
    const { memory } = this.#parts;
    for (const { place, number } of await memory.overviews()) {
      const board = this.#board(place);
      board.overview = number;
      board.isOpen = true;
    }
    const jobIds = await memory.liveCards();
    const jobs = await Promise.all(jobIds.map((jobId) => this.#job(jobId)));
    for (const job of jobs) if (job !== undefined && !isTerminal(job.status)) this.#note(job);
    for (const jobId of jobIds) this.touch(jobId);
    for (const board of this.#boards.values()) this.#touchOverview(board);
    await this.settled();
  }

  touch(jobId: string): void {
    this.#ask(`job ${jobId}`, () => this.#refresh(jobId));
  }

  settled(): Promise<void> {
    return this.#coalescer.settled();
  }

  #touchOverview(board: Board): void {
    this.#ask(`overview ${placeName(board.place)}`, () => this.#showOverview(board));
  }

  #ask(name: string, task: () => Promise<void>): void {
    this.#coalescer.ask(name, () =>
      task().catch((error) => this.#parts.log.warn({ err: error, message: name }, "a message could not be refreshed")),
    );
  }

  async #refresh(jobId: string): Promise<void> {
    const { memory } = this.#parts;
    const job = await this.#job(jobId);
    const board = job && this.#note(job);
    if (job === undefined || board === undefined) return;
    if (!isTerminal(job.status)) await memory.addLiveCard(jobId);
    await this.#showCard(job, board);
    if (isTerminal(job.status)) await memory.removeLiveCard(jobId);
    if (board.isOpen || board.overview !== undefined) this.#touchOverview(board);
  }

  async #job(jobId: string): Promise<JobState | undefined> {
    const job = await this.#parts.desk.job(jobId);
    return job && redactJob(job, this.#parts.redact);
  }

  /** Puts a job where it belongs, and lets the cards rest or work again when that changes what its chat needs. */
  #note(job: JobState): Board | undefined {
    const address = addressOf(job);
    if (address === undefined) return undefined;
    const board = this.#board(address.place);
    const wasOpen = board.isOpen;
    if (isTerminal(job.status)) board.remove(job.id);
    else board.add(job);
    if (board.isOpen !== wasOpen) for (const jobId of board.jobs.keys()) this.touch(jobId);
    return board;
  }

  #board(place: ChatPlace): Board {
    const name = placeName(place);
    const board = this.#boards.get(name) ?? new Board(place);
    this.#boards.set(name, board);
    return board;
  }

  async #showCard(job: JobState, { isOpen }: Board): Promise<void> {
    const { outbox } = this.#parts;
    const address = addressOf(job);
    if (address === undefined) return;
    const key = messageKeys.card(job.id);
    const hasEnded = isTerminal(job.status);
    // The card of an order is the answer to it. Any other begins only where it still has something to show.
    const isAnswer = job.submission.origin.type === "telegram";
    if (!isAnswer && (isOpen || hasEnded) && !(await outbox.has(key))) return;
    const content = isOpen && !hasEnded ? renderRestingCard(job) : renderCard(job, Date.now());
    const rank = isOpen ? ranks.upkeep : ranks.progress;
    await outbox.show(aboutJob(address, { key, rank, rings: false, content }), { isFleeting: !hasEnded });
  }

  async #showOverview(board: Board): Promise<void> {
    const { memory, outbox } = this.#parts;
    const { place, isOpen } = board;
    if (isOpen) board.overview ??= await memory.openOverview(place);
    if (board.overview === undefined) return;
    const jobs = [...board.jobs.values()];
    const content = isOpen ? renderOverview(jobs, Date.now()) : renderClosedOverview(jobs.length);
    const key = messageKeys.overview(board.overview);
    await outbox.show({ key, place, rank: ranks.progress, rings: false, content }, { isFleeting: isOpen });
    if (isOpen) return;
    await memory.closeOverview(place);
    board.overview = undefined;
  }
}
