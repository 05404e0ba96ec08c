import type { EngineOrder } from "./engines/engine.ts";

type Resume = EngineOrder["resume"];

/** An order's place in the thread it works in, until it is disposed of. */
export interface ThreadSeat extends Disposable {
  /** The engine has said which thread it is in. */
  learn(threadId: string): void;
}

interface Sitting {
  readonly engine: string;
  readonly isNewest: boolean;
  readonly threadIds: Set<string>;
  readonly left: Promise<void>;
}

/**
 * The threads of one job's engines. Two programs that write one thread spoil it, so each takes one order at a time; a
 * thread that gave nothing when it was gone on with is set aside for good.
 */
export class EngineThreads {
  readonly #sitting = new Set<Sitting>();
  readonly #lost: Set<string>;
  /** Engines whose newest thread is lost: "go on with the newest" would lead there again. */
  readonly #newestLost = new Set<string>();

  constructor(lost: Iterable<string> = []) {
    this.#lost = new Set(lost);
  }

  /** Waits until nobody else is in the thread. Orders for different threads, and for new ones, run at once. */
  async enter(engine: string, resume: Resume, signal: AbortSignal): Promise<ThreadSeat> {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const threadIds = new Set(typeof resume === "object" ? [resume.threadId] : []);
    const seat: Sitting = { engine, isNewest: resume === "last", threadIds, left };
    for (let other = this.#rivalOf(seat); other !== undefined; other = this.#rivalOf(seat)) {
      await Promise.race([other.left, aborted(signal)]);
      signal.throwIfAborted();
    }
    this.#sitting.add(seat);
    return {
      learn: (threadId) => threadIds.add(threadId),
      [Symbol.dispose]: () => {
        this.#sitting.delete(seat);
        leave();
      },
    };
  }

  isLost(engine: string, resume: Resume): boolean {
    return resume === "last" ? this.#newestLost.has(engine) : resume !== undefined && this.#lost.has(resume.threadId);
  }

  setAside(engine: string, resume: Resume, threadId: string | undefined): void {
    for (const id of [threadId, typeof resume === "object" ? resume.threadId : undefined]) {
      if (id !== undefined) this.#lost.add(id);
    }
    this.#newestLost.add(engine);
  }

  /** A fresh thread that came to its end is the newest now. */
  begun(engine: string): void {
    this.#newestLost.delete(engine);
  }

  #rivalOf(seat: Sitting): Sitting | undefined {
    return [...this.#sitting].find(
      (other) =>
        other.engine === seat.engine &&
        (other.isNewest || seat.isNewest || !other.threadIds.isDisjointFrom(seat.threadIds)),
    );
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
