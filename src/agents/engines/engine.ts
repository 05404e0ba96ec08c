import type { EngineConfig } from "../../core/config.ts";
import type { EngineEvent, Usage } from "../../core/engine-event.ts";

/**
 * A headless coding program: how the orchestrator's command for it is read, how it is really started and what its
 * output means. All of it is decided without touching anything; starting, limiting and confining it is the gate's work.
 */
export interface Engine {
  readonly kind: EngineConfig["kind"];
  /** Found on the PATH unless the configuration names a command. */
  readonly defaultProgram: string;
  /** The oldest version these command lines and events were proven with. */
  readonly minimumVersion?: string;
  /** How a person gets it, for the preflight. */
  readonly install: string;
  /** Variables that sign it in, any one of them; they are passed on unless the configuration names others. */
  readonly keyNames: readonly string[];
  /** Set where Chargehand brings the program itself. */
  readonly ownProgram?: EngineProgram;
  /** Better programs than the one that was found, if they exist: the native one behind a wrapper. */
  readonly candidates?: (programPath: string) => readonly string[];
  /** Reads the command as the orchestrator wrote it; throws an AppError for anything but a run. */
  readOrder(argv: readonly string[]): EngineOrder;
  launch(order: EngineOrder, call: EngineCall): EngineLaunch;
  reader(run: EngineRun): EngineReader;
}

/** What the orchestrator wants of an engine, read from its command line. */
export interface EngineOrder {
  readonly prompt: string;
  /** The thread to go on with; `last` is the newest one in the engine's home. */
  readonly resume?: { readonly threadId: string } | "last";
  readonly model?: string;
  /** Options of the orchestrator that go to the program as they are. */
  readonly options: readonly string[];
}

export interface EngineProgram {
  /** An absolute path, then leading arguments. */
  readonly argv: readonly string[];
  /** Files and folders it must be able to read besides the system's. */
  readonly readOnly: readonly string[];
}

export interface EngineCall {
  readonly program: EngineProgram;
  readonly worktreePath: string;
  /** Private to this engine and job, there already, and not below TMPDIR: Codex would refuse to sandbox there. */
  readonly homePath: string;
  /** Only the variables that this engine may see. */
  readonly environment: Readonly<Record<string, string>>;
  readonly model?: string | undefined;
  readonly baseUrl?: string | undefined;
  /** What we tell every engine beside its order. It reaches the model without leaving a file in the worktree. */
  readonly guidance?: string | undefined;
}

/** A process to be started in the worktree. */
export interface EngineLaunch {
  readonly argv: readonly string[];
  /** Its environment, but for PATH, TMPDIR and the locale, which everything the gate starts has. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** What a sandbox has to show it besides the system, the worktree and its home. */
  readonly readOnly: readonly string[];
}

export interface EngineRun {
  readonly order: EngineOrder;
  /** Left out of titles, which are read on a phone. */
  readonly worktreePath?: string;
  /** What earlier runs of a thread have been counted with: some engines only tell the total of a thread. */
  readonly countedBefore?: (threadId: string) => Usage | undefined;
}

/**
 * Turns one run's output into events: `started` first, then actions, then exactly one `completed`. A line that nobody
 * understands becomes an action too.
 */
export interface EngineReader {
  read(line: string): EngineEvent[];
  /** Called once, after the last line. */
  end(exit: EngineExit): EngineEvent[];
}

export interface EngineExit {
  readonly exitCode: number | null;
  /** The end of stderr: where engines say why they did not even begin. */
  readonly stderr: string;
  /** Set when we ended it: a limit, a cancel. */
  readonly reason?: string | undefined;
}
