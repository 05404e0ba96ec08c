import type { Session } from "./session.ts";
import type { Terminal } from "./terminal.ts";

/** The daemon that works for a command: one that was there, or one of our own for as long as the command lasts. */
export interface OwnDaemon extends AsyncDisposable {
  readonly isOurs: boolean;
  /** Aborts when a daemon of ours ends by a failure. */
  readonly stopped: AbortSignal;
}

/** Starts a daemon in this process when none is at work. */
export async function ownDaemon(session: Session, terminal: Terminal): Promise<OwnDaemon> {
  const stopped = new AbortController();
  if ((await session.desk.daemonCount()) > 0) {
    return { isOurs: false, stopped: stopped.signal, async [Symbol.asyncDispose]() {} };
  }
  terminal.note("No daemon is at work, so this command is one until it ends.");
  const { runDaemon } = await import("../daemon/main.ts");
  const closing = new AbortController();
  const { settings } = session;
  // Its everyday words would stand between the lines of the job.
  const LOG_LEVEL = settings.environment.LOG_LEVEL === "info" ? "warn" : settings.environment.LOG_LEVEL;
  const quiet = { ...settings, environment: { ...settings.environment, LOG_LEVEL } };
  const running = runDaemon(quiet, closing.signal).catch((error: unknown) => stopped.abort(error));
  return {
    isOurs: true,
    stopped: stopped.signal,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await running;
    },
  };
}
