import type { Logger } from "pino";
import { TrackerError } from "../../core/tracker.ts";

/**
 * Asks the tracker for something that can wait for the next look: a failure of the tracker's is logged and answered with
 * `undefined`. Anything else is a bug or a shutdown, and goes up.
 */
export async function attempt<T>(
  log: Logger,
  what: string,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof TrackerError)) throw error;
    const { category, message } = error;
    log.warn({ category, reason: message }, `the tracker did not ${what}`);
    return undefined;
  }
}
