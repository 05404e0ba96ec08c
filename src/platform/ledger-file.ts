import { createHash } from "node:crypto";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { AppError } from "../core/error.ts";
import { type JobEvent, LedgerEntry } from "../core/event.ts";
import type { JobId } from "../core/task.ts";

const genesis = "0".repeat(64);

/**
 * A job's events on disk, one JSON line each, every line carrying the hash of the line before. One writer at a time;
 * a last line torn by a crash is dropped when the file is opened, and one torn by a full disk when it is noticed.
 */
export class LedgerFile implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #jobId: JobId;
  #sequence: number;
  #previous: string;
  /** How much of the file is whole lines. */
  #bytes: number;
  #isTorn = false;

  private constructor(file: FileHandle, jobId: JobId, { entries, bytes, previous }: Intact) {
    this.#file = file;
    this.#jobId = jobId;
    this.#sequence = entries.length;
    this.#previous = previous;
    this.#bytes = bytes;
  }

  /** Opens or begins the ledger and returns what it holds. Throws "ledger-altered" and leaves such a file as it is. */
  static async open(path: string, jobId: JobId): Promise<{ ledger: LedgerFile; entries: LedgerEntry[] }> {
    const intact = undamaged(await readIntact(path));
    const file = await open(path, "a", 0o600);
    await file.truncate(intact.bytes);
    return { ledger: new LedgerFile(file, jobId, intact), entries: intact.entries };
  }

  /**
   * `durable` waits until the disk has it: for whatever is announced or acted upon afterwards. Throws
   * "ledger-unwritable" when the disk does not take it; then nothing of it is there.
   */
  async append(event: JobEvent, { durable }: { durable: boolean }): Promise<LedgerEntry> {
    const entry: LedgerEntry = {
      jobId: this.#jobId,
      sequence: this.#sequence + 1,
      at: new Date().toISOString(),
      event,
      previous: this.#previous,
    };
    const line = JSON.stringify(entry);
    const bytes = Buffer.from(`${line}\n`);
    try {
      if (this.#isTorn) await this.#takeBack();
      this.#isTorn = true;
      await this.#file.appendFile(bytes);
      if (durable) await this.#file.datasync();
      this.#isTorn = false;
    } catch (cause) {
      await this.#takeBack().catch(() => {}); // the next append tries again before it writes
      throw unwritable(this.#jobId, cause);
    }
    this.#bytes += bytes.length;
    this.#sequence = entry.sequence;
    this.#previous = hashOf(line);
    return entry;
  }

  /** A disk that is full has often taken a part of the line. */
  async #takeBack(): Promise<void> {
    await this.#file.truncate(this.#bytes);
    this.#isTorn = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/** Reads a ledger without opening it for writing. A missing file is an empty ledger. */
export async function readLedger(path: string): Promise<LedgerEntry[]> {
  return undamaged(await readIntact(path)).entries;
}

/** The lines of a ledger; of a damaged one those that can be trusted. */
export interface Intact {
  readonly entries: LedgerEntry[];
  readonly bytes: number;
  /** The hash of the last line. */
  readonly previous: string;
  readonly damage?: AppError;
}

/** Reads as much of a ledger as can be trusted. */
export async function readIntact(path: string): Promise<Intact> {
  const text = await readFile(path, "utf8").catch(emptyIfMissing);
  const lines = text.split("\n").slice(0, -1);
  const entries: LedgerEntry[] = [];
  let previous = genesis;
  let bytes = 0;
  for (const line of lines) {
    const entry = parseLine(line);
    if (entry?.previous !== previous || entry.sequence !== entries.length + 1) {
      // It may as well be the line before that was changed: nothing vouches for it.
      return { entries: entries.slice(0, -1), bytes, previous, damage: altered(path, entries.length + 1) };
    }
    entries.push(entry);
    previous = hashOf(line);
    bytes += Buffer.byteLength(line) + 1;
  }
  return { entries, bytes, previous };
}

function parseLine(line: string): LedgerEntry | undefined {
  try {
    return LedgerEntry.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function undamaged(intact: Intact): Intact {
  if (intact.damage !== undefined) throw intact.damage;
  return intact;
}

function altered(path: string, line: number): AppError {
  return new AppError("ledger-altered", `The ledger ${path} was altered at line ${line}; it is left as it is.`);
}

function unwritable(jobId: JobId, cause: unknown): AppError {
  const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  const sentence = `The ledger of job ${jobId} cannot be written (${reason}). Make room on the disk: the job then goes on by itself.`;
  return new AppError("ledger-unwritable", sentence, { cause });
}

function hashOf(line: string): string {
  return createHash("sha256").update(line).digest("hex");
}

function emptyIfMissing(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "";
  throw error;
}
