import { type FileHandle, open } from "node:fs/promises";
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

/** Appends records to one file, whole lines at a time; `redact` sees every text before the disk does. */
export class CommandLog implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #redact: (text: string) => string;
  readonly #trace: ((record: CommandRecord) => void) | undefined;

  private constructor(file: FileHandle, redact: (text: string) => string, trace?: (record: CommandRecord) => void) {
    this.#file = file;
    this.#redact = redact;
    this.#trace = trace;
  }

  /** `trace` is told every record too. */
  static async open(
    path: string,
    redact: (text: string) => string,
    trace?: (record: CommandRecord) => void,
  ): Promise<CommandLog> {
    return new CommandLog(await open(path, "a", 0o600), redact, trace);
  }

  async write(record: CommandRecord): Promise<void> {
    this.#trace?.(record);
    const redacted = (_key: string, value: unknown) => (typeof value === "string" ? this.#redact(value) : value);
    await this.#file.write(`${JSON.stringify({ at: new Date().toISOString(), ...record }, redacted)}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}
