import { leftOut } from "../bounded-output.ts";

/** Cuts bytes into lines of text; of a line longer than `maxBytes` only the beginning is kept. */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #onLine: (line: string) => void;
  #parts: Uint8Array[] = [];
  #kept = 0;
  #dropped = 0;

  constructor(maxBytes: number, onLine: (line: string) => void) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#keep(chunk.subarray(start, end));
      this.#emit();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  end(): void {
    if (this.#kept > 0) this.#emit();
  }

  #keep(part: Uint8Array): void {
    const fitting = part.subarray(0, this.#maxBytes - this.#kept);
    if (fitting.length > 0) this.#parts.push(fitting);
    if (this.#parts.length > mostParts) this.#parts = [Buffer.concat(this.#parts)];
    this.#kept += fitting.length;
    this.#dropped += part.length - fitting.length;
  }

  #emit(): void {
    const text = Buffer.concat(this.#parts, this.#kept).toString();
    const line = this.#dropped > 0 ? `${text} ${leftOut(this.#dropped)}` : text;
    this.#parts = [];
    this.#kept = 0;
    this.#dropped = 0;
    this.#onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
}

const newline = 0x0a;
/** A line that comes byte by byte would cost a hundred times its length in small buffers. */
const mostParts = 64;
