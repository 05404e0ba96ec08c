/** How much of an endless output is kept: its beginning and its end, in bytes. */
export interface OutputBounds {
  readonly headBytes: number;
  readonly tailBytes: number;
}

export interface BoundedText {
  /** Head and tail as UTF-8; a line between them says how much was left out. */
  readonly text: string;
  /** All that was printed, kept or not. */
  readonly bytes: number;
  readonly omittedBytes: number;
  /** How often something that is no UTF-8 was replaced by U+FFFD in `text`. */
  readonly invalidSequences: number;
}

/** Takes any amount of output in constant memory, and allocates nothing before the first byte. */
export class BoundedOutput {
  readonly #bounds: OutputBounds;
  #head = Buffer.alloc(0);
  #headLength = 0;
  #tail: ByteRing | undefined;

  constructor(bounds: OutputBounds) {
    this.#bounds = bounds;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.#head.length === 0) this.#head = Buffer.allocUnsafe(this.#bounds.headBytes);
    const fitting = chunk.subarray(0, this.#head.length - this.#headLength);
    this.#head.set(fitting, this.#headLength);
    this.#headLength += fitting.length;
    if (fitting.length === chunk.length) return;
    this.#tail ??= new ByteRing(this.#bounds.tailBytes);
    this.#tail.push(chunk.subarray(fitting.length));
  }

  result(): BoundedText {
    const head = this.#head.subarray(0, this.#headLength);
    const tail = this.#tail?.contents() ?? Buffer.alloc(0);
    const bytes = head.length + (this.#tail?.total ?? 0);
    if (bytes === head.length + tail.length) {
      const whole = Buffer.concat([head, tail]);
      return { text: whole.toString(), bytes, omittedBytes: 0, invalidSequences: invalidSequences(whole) };
    }
    const first = withoutCutEnd(head);
    const last = withoutCutStart(tail);
    const omittedBytes = bytes - first.length - last.length;
    return {
      text: `${first}\n${leftOut(omittedBytes)}\n${last}`,
      bytes,
      omittedBytes,
      invalidSequences: invalidSequences(first) + invalidSequences(last),
    };
  }
}

/** The line that stands where output was cut. */
export function leftOut(bytes: number): string {
  return `… ${bytes.toLocaleString("en-US")} bytes left out …`;
}

/** The last `capacity` bytes of everything that was pushed. */
class ByteRing {
  readonly #buffer: Buffer;
  total = 0;

  constructor(capacity: number) {
    this.#buffer = Buffer.allocUnsafe(capacity);
  }

  push(bytes: Uint8Array): void {
    const capacity = this.#buffer.length;
    this.total += bytes.length;
    if (capacity === 0) return;
    const kept = bytes.subarray(Math.max(0, bytes.length - capacity));
    const start = (this.total - kept.length) % capacity;
    const untilWrap = kept.subarray(0, capacity - start);
    this.#buffer.set(untilWrap, start);
    this.#buffer.set(kept.subarray(untilWrap.length), 0);
  }

  contents(): Buffer {
    const capacity = this.#buffer.length;
    if (this.total <= capacity) return this.#buffer.subarray(0, this.total);
    const oldest = this.total % capacity;
    return Buffer.concat([this.#buffer.subarray(oldest), this.#buffer.subarray(0, oldest)]);
  }
}

/** Drops the beginning of a character whose rest was cut off. */
function withoutCutEnd(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinuation(byte)) continue;
    return sequenceLength(byte) > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

/** Drops the end of a character whose beginning was cut off. */
function withoutCutStart(bytes: Buffer): Buffer {
  const start = bytes.subarray(0, 4).findIndex((byte) => !isContinuation(byte));
  return start > 0 ? bytes.subarray(start) : bytes;
}

function isContinuation(byte: number): boolean {
  return (byte & 0b1100_0000) === 0b1000_0000;
}

function sequenceLength(leadingByte: number): number {
  if (leadingByte >= 0xf0) return 4;
  if (leadingByte >= 0xe0) return 3;
  return leadingByte >= 0xc0 ? 2 : 1;
}

const replacement = "\uFFFD";
const replacementBytes = Buffer.from(replacement);

/** Replacement characters that the program did not print itself. */
function invalidSequences(bytes: Buffer): number {
  return count(bytes.toString(), replacement) - count(bytes, replacementBytes);
}

function count<T extends string | Buffer>(haystack: T, needle: T): number {
  let found = 0;
  for (let at = indexOf(haystack, needle, 0); at !== -1; at = indexOf(haystack, needle, at + needle.length)) found++;
  return found;
}

function indexOf(haystack: string | Buffer, needle: string | Buffer, from: number): number {
  return typeof haystack === "string" ? haystack.indexOf(String(needle), from) : haystack.indexOf(needle, from);
}
