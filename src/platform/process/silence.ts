/** Tells when nothing was printed for some time. */
export class Silence {
  #timer: NodeJS.Timeout | undefined;

  broken(): void {
    this.#timer?.refresh();
  }

  lasts(ms: number): Promise<void> {
    this.stop();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#timer = setTimeout(resolve, ms);
    return promise;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
