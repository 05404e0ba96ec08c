import { type Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { BoundedOutput, type BoundedText, type OutputBounds } from "../bounded-output.ts";
import type { RedactionStream } from "../secrets/redaction-stream.ts";
import type { Redactor } from "../secrets/redactor.ts";
import { LineSplitter } from "./lines.ts";
import { OutputFile } from "./output-file.ts";

export type StreamName = "stdout" | "stderr";

export interface OutputOptions {
  readonly output: OutputBounds & {
    /** Takes the whole output, both streams as they come, control characters included. Its folder exists. */
    readonly file?: string;
    readonly fileMaxBytes?: number;
  };
  readonly onLine?: (line: string, stream: StreamName) => void;
  /** Asked after `onLine`, whether the line breaks the silence. Without it all output does, whole lines or not. */
  readonly isProgress?: (line: string, stream: StreamName) => boolean;
  readonly redact?: Redactor;
}

const defaultFileMaxBytes = 256 * 1024 * 1024;
const lineMaxBytes = 1024 * 1024;

/** Where the two streams of a process go: secrets out first, then the bounded text, the file and the lines. */
export class ProcessOutput implements AsyncDisposable {
  readonly #sinks: Record<StreamName, StreamSink>;
  readonly #file: OutputFile | undefined;
  readonly #sources: Readable[] = [];

  constructor({ output, onLine, isProgress, redact }: OutputOptions, onActivity: () => void) {
    this.#file =
      output.file === undefined ? undefined : new OutputFile(output.file, output.fileMaxBytes ?? defaultFileMaxBytes);
    const hear = (line: string, name: StreamName) => {
      onLine?.(line, name);
      if (isProgress?.(line, name)) onActivity();
    };
    const sinkOf = (name: StreamName) =>
      new StreamSink({
        bounds: output,
        file: this.#file,
        redaction: redact?.stream(),
        lines: onLine || isProgress ? new LineSplitter(lineMaxBytes, (line) => hear(line, name)) : undefined,
        onActivity: isProgress ? () => {} : onActivity,
      });
    this.#sinks = { stdout: sinkOf("stdout"), stderr: sinkOf("stderr") };
  }

  /** Reads with backpressure: a flood waits for our disk and not in our memory. */
  read(source: Readable, name: StreamName): void {
    this.#sources.push(source);
    // A pipe that breaks has ended; what it brought until then counts.
    source.on("error", () => this.#sinks[name].end());
    source.pipe(this.#sinks[name]);
  }

  /** Resolves when both streams ended; rejects when the file or a reader of lines failed. */
  async ended(): Promise<void> {
    const streams = Promise.all([finished(this.#sinks.stdout), finished(this.#sinks.stderr)]);
    await (this.#file ? Promise.race([streams, this.#file.finished]) : streams);
  }

  /** Stops reading, whoever still holds the other end of a pipe, and puts everything away. */
  async close(): Promise<void> {
    for (const source of this.#sources) source.unpipe().destroy();
    for (const sink of Object.values(this.#sinks)) sink.end();
    await this.ended();
    await this.#file?.close();
  }

  /** For when something else failed already. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close().catch(() => {});
  }

  result(): { stdout: BoundedText; stderr: BoundedText; bytes: number } {
    const { stdout, stderr } = this.#sinks;
    return { stdout: stdout.bounded.result(), stderr: stderr.bounded.result(), bytes: stdout.bytes + stderr.bytes };
  }
}

interface SinkParts {
  readonly bounds: OutputBounds;
  readonly file: OutputFile | undefined;
  readonly redaction: RedactionStream | undefined;
  readonly lines: LineSplitter | undefined;
  readonly onActivity: () => void;
}

class StreamSink extends Writable {
  readonly bounded: BoundedOutput;
  bytes = 0;
  readonly #parts: SinkParts;

  constructor(parts: SinkParts) {
    super({ decodeStrings: false });
    this.bounded = new BoundedOutput(parts.bounds);
    this.#parts = parts;
  }

  // What is thrown in here, by a reader of lines, becomes the error of the stream.
  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.bytes += chunk.length;
    this.#parts.onActivity();
    const shown = this.#parts.redaction?.push(chunk) ?? chunk;
    this.#show(shown);
    this.#store(shown, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    const shown = this.#parts.redaction?.end() ?? Buffer.alloc(0);
    this.#show(shown);
    this.#parts.lines?.end();
    this.#store(shown, done);
  }

  #show(bytes: Uint8Array): void {
    this.bounded.push(bytes);
    this.#parts.lines?.push(bytes);
  }

  #store(bytes: Uint8Array, done: () => void): void {
    if (this.#parts.file) this.#parts.file.write(bytes, done);
    else done();
  }
}
