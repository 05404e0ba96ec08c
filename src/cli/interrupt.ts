import { AppError } from "../core/error.ts";
import { exitCodes } from "./exit-code.ts";

export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Aborts at the first Ctrl-C or SIGTERM, or when a program of ours that started this one is gone, for an end in good
 * order. A second Ctrl-C ends the process as it stands.
 */
export function untilInterrupted(): Interruption {
  const stopping = new AbortController();
  const interrupted = () => {
    if (stopping.signal.aborted) process.exit(exitCodes.interrupted);
    stopping.abort(new AppError("shutdown", "Stopped by Ctrl-C."));
  };
  const terminated = () => stopping.abort(new AppError("shutdown", "Stopped by SIGTERM."));
  process.on("SIGINT", interrupted).on("SIGTERM", terminated).on("disconnect", terminated);
  return {
    signal: stopping.signal,
    [Symbol.dispose]() {
      process.off("SIGINT", interrupted).off("SIGTERM", terminated).off("disconnect", terminated);
    },
  };
}
