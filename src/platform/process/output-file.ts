import { createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";

const bufferBytes = 1024 * 1024;
const cutHere = Buffer.from("\n… the rest of the output was left out …\n");

/** The whole output of a command as a file, readable by us alone, that stops growing at `maxBytes` and then says so. */
export class OutputFile {
  /** Rejects when the file cannot be written; resolves after `close`. */
  readonly finished: Promise<void>;
  readonly #stream: WriteStream;
  #room: number;
  #isCut = false;

  constructor(path: string, maxBytes: number) {
    this.#stream = createWriteStream(path, { mode: 0o600, highWaterMark: bufferBytes });
    this.finished = finished(this.#stream);
    // It may fail while nobody waits for it; whoever waits later still hears of it.
    this.finished.catch(() => {});
    this.#room = maxBytes;
  }

  /** `done` is called when more may come: at once, until the disk lags behind by `bufferBytes`. */
  write(bytes: Uint8Array, done: () => void): void {
    if (this.#isCut || bytes.length === 0) {
      done();
      return;
    }
    this.#isCut = bytes.length > this.#room;
    const kept = this.#isCut ? Buffer.concat([bytes.subarray(0, this.#room), cutHere]) : bytes;
    this.#room -= bytes.length;
    if (this.#stream.write(kept)) done();
    else this.#stream.once("drain", done);
  }

  async close(): Promise<void> {
    this.#stream.end();
    await this.finished;
  }
}
