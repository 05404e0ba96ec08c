import { isTerminal } from "../../core/job.ts";
import { aboutJob, addressOf, messageKeys } from "../job-messages.ts";
import { ranks } from "../message.ts";
import type { BotParts } from "../parts.ts";
import { redactJob } from "../redact-job.ts";
import { renderCard } from "../render/card.ts";

/** Keeps the cards true. However often a job is touched, its state is read once at a time and the newest is shown. */
export class Cards {
  readonly #parts: Pick<BotParts, "desk" | "outbox" | "memory" | "log" | "redact">;
  readonly #refreshing = new Map<string, { again: boolean; done: Promise<void> }>();

  constructor(parts: Pick<BotParts, "desk" | "outbox" | "memory" | "log" | "redact">) {
    this.#parts = parts;
  }

  /** A crash may have left any card at a state that is no longer true. */
  async refreshAll(): Promise<void> {
    for (const jobId of await this.#parts.memory.liveCards()) this.touch(jobId);
    await this.settled();
  }

  touch(jobId: string): void {
    const running = this.#refreshing.get(jobId);
    if (running !== undefined) {
      running.again = true;
      return;
    }
    const turn = { again: true, done: Promise.resolve() };
    this.#refreshing.set(jobId, turn);
    turn.done = this.#refresh(jobId, turn);
  }

  /** Resolves when nothing is being refreshed. */
  async settled(): Promise<void> {
    await Promise.all(this.#refreshing.values().map(({ done }) => done));
  }

  async #refresh(jobId: string, turn: { again: boolean }): Promise<void> {
    try {
      while (turn.again) {
        turn.again = false;
        await this.#show(jobId);
      }
    } catch (error) {
      this.#parts.log.warn({ err: error, jobId }, "a card could not be refreshed");
    } finally {
      this.#refreshing.delete(jobId);
    }
  }

  async #show(jobId: string): Promise<void> {
    const { desk, outbox, memory, redact } = this.#parts;
    const job = await desk.job(jobId);
    const address = job && addressOf(job);
    if (job === undefined || address === undefined) return;
    const content = renderCard(redactJob(job, redact), Date.now());
    const card = aboutJob(address, { key: messageKeys.card(jobId), rank: ranks.progress, rings: false, content });
    const hasEnded = isTerminal(job.status);
    await outbox.show(card, { isFleeting: !hasEnded });
    if (hasEnded) await memory.removeLiveCard(jobId);
  }
}
