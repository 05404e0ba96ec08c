import { closeSync, openSync, writeSync } from "node:fs";
import type { JobId } from "../core/task.ts";

/** One line of `run_repo_command.log`: what was asked, what was decided, what came of it. */
export interface CommandRecord {
  readonly jobId: JobId;
  readonly callId: string;
  readonly worktree: string;
  readonly command: string;
  readonly argv?: readonly string[] | undefined;
  readonly decision: "allow" | "ask" | "deny";
  readonly rule: string;
  readonly approvalId?: string | undefined;
  readonly dryRun?: boolean;
  readonly ended?: string;
  readonly exitCode?: number | null;
  readonly durationMs?: number;
  readonly bytes?: number;
}

/**
 * Appends records to one file, whole lines at a time; `redact` sees every text before the disk does. A line is written
 * at once: the system call takes microseconds, and waiting for a thread to make it takes many times as long.
 */
export class CommandLog implements Disposable {
  readonly #file: number;
  readonly #redact: (text: string) => string;
  readonly #trace: ((record: CommandRecord) => void) | undefined;

  /** `trace` is told every record too. */
  constructor(path: string, redact: (text: string) => string, trace?: (record: CommandRecord) => void) {
    this.#file = openSync(path, "a", 0o600);
    this.#redact = redact;
    this.#trace = trace;
  }

  write(record: CommandRecord): void {
    this.#trace?.(record);
    const redacted = (_key: string, value: unknown) => (typeof value === "string" ? this.#redact(value) : value);
    writeSync(this.#file, `${JSON.stringify({ at: new Date().toISOString(), ...record }, redacted)}\n`);
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}
