import { createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";

/** The whole output of a command as a file, readable by us alone, that stops growing at `maxBytes` and then says so. */
export class OutputFile {
  /** Rejects when the file cannot be written; resolves after `close`. */
  readonly finished: Promise<void>;
  readonly #stream: WriteStream;
  #room: number;

  constructor(path: string, maxBytes: number) {
    this.#stream = createWriteStream(path, { mode: 0o600 });
    this.finished = finished(this.#stream);
    // It may fail while nobody waits for it; whoever waits later still hears of it.
    this.finished.catch(() => {});
    this.#room = maxBytes;
  }

  write(bytes: Uint8Array, done: (error?: Error | null) => void): void {
    if (this.#room <= 0 || bytes.length === 0) {
      done();
      return;
    }
    const fitting = bytes.subarray(0, this.#room);
    this.#room -= fitting.length;
    if (this.#room > 0) {
      this.#stream.write(fitting, done);
    } else {
      this.#stream.write(fitting);
      this.#stream.write("\n… the rest of the output was left out …\n", done);
    }
  }

  async close(): Promise<void> {
    this.#stream.end();
    await this.finished;
  }
}
