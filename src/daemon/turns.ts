/** Work under one name is done one after the other, in the order in which it came; under different names side by side. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(name) ?? Promise.resolve()).then(work);
    const leave = () => {
      if (this.#last.get(name) === over) this.#last.delete(name);
    };
    const over: Promise<void> = turn.then(leave, leave);
    this.#last.set(name, over);
    return turn;
  }
}
