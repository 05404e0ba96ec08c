/** Runs a task per name, one at a time. Whoever asks while it runs gets one more run after it, however many they are. */
export class Coalescer {
  readonly #running = new Map<string, { again: boolean; done: Promise<void> }>();

  ask(name: string, task: () => Promise<void>): void {
    const running = this.#running.get(name);
    if (running !== undefined) {
      running.again = true;
      return;
    }
    const turn = { again: true, done: Promise.resolve() };
    this.#running.set(name, turn);
    turn.done = this.#run(name, turn, task);
  }

  /** Resolves when nothing runs. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values().map(({ done }) => done));
  }

  /** The task deals with its own failures. */
  async #run(name: string, turn: { again: boolean }, task: () => Promise<void>): Promise<void> {
    while (turn.again) {
      turn.again = false;
      await task();
    }
    this.#running.delete(name);
  }
}
