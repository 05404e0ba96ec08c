import { createHash } from "node:crypto";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { AppError } from "../core/error.ts";
import { type JobEvent, LedgerEntry } from "../core/event.ts";
import type { JobId } from "../core/task.ts";

const genesis = "0".repeat(64);

/**
 * A job's events on disk, one JSON line each, every line carrying the hash of the line before. One writer at a time;
 * a last line torn by a crash is dropped when the file is opened.
 */
export class LedgerFile implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #jobId: JobId;
  #sequence: number;
  #previous: string;

  private constructor(file: FileHandle, jobId: JobId, sequence: number, previous: string) {
    this.#file = file;
    this.#jobId = jobId;
    this.#sequence = sequence;
    this.#previous = previous;
  }

  /** Opens or begins the ledger and returns what it holds. */
  static async open(path: string, jobId: JobId): Promise<{ ledger: LedgerFile; entries: LedgerEntry[] }> {
    const { entries, bytes, previous } = await readWhole(path);
    const file = await open(path, "a");
    await file.truncate(bytes);
    return { ledger: new LedgerFile(file, jobId, entries.length, previous), entries };
  }

  /** `durable` waits until the disk has it: for whatever is announced or acted upon afterwards. */
  async append(event: JobEvent, { durable }: { durable: boolean }): Promise<LedgerEntry> {
    const entry: LedgerEntry = {
      jobId: this.#jobId,
      sequence: this.#sequence + 1,
      at: new Date().toISOString(),
      event,
      previous: this.#previous,
    };
    const line = JSON.stringify(entry);
    await this.#file.write(`${line}\n`);
    if (durable) await this.#file.datasync();
    this.#sequence = entry.sequence;
    this.#previous = hashOf(line);
    return entry;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/** Reads a ledger without opening it for writing. A missing file is an empty ledger. */
export async function readLedger(path: string): Promise<LedgerEntry[]> {
  return (await readWhole(path)).entries;
}

async function readWhole(path: string): Promise<{ entries: LedgerEntry[]; bytes: number; previous: string }> {
  const text = await readFile(path, "utf8").catch(emptyIfMissing);
  const lines = text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .slice(0, -1);
  let previous = genesis;
  const entries = lines.map((line, index) => {
    const entry = LedgerEntry.parse(JSON.parse(line));
    if (entry.previous !== previous || entry.sequence !== index + 1) {
      throw new AppError("internal", `The ledger ${path} was altered at line ${index + 1}; it is left as it is.`);
    }
    previous = hashOf(line);
    return entry;
  });
  return { entries, bytes: Buffer.byteLength(lines.map((line) => `${line}\n`).join("")), previous };
}

function hashOf(line: string): string {
  return createHash("sha256").update(line).digest("hex");
}

function emptyIfMissing(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "";
  throw error;
}
