import { AppError } from "../core/error.ts";
import { exitCodes } from "./exit-code.ts";

export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Aborts at the first Ctrl-C or SIGTERM, or when a program of ours that started this one is gone, for an end in good
 * order. A second Ctrl-C, or a second SIGTERM, ends the process as it stands.
 */
export function untilInterrupted(): Interruption {
  const stopping = new AbortController();
  const stop = (words: string) => stopping.abort(new AppError("shutdown", words));
  const interrupted = twice(() => stop("Stopped by Ctrl-C."));
  const terminated = twice(() => stop("Stopped by SIGTERM."));
  const left = () => stop("Stopped: whoever started this is gone.");
  process.on("SIGINT", interrupted).on("SIGTERM", terminated).on("disconnect", left);
  return {
    signal: stopping.signal,
    [Symbol.dispose]() {
      process.off("SIGINT", interrupted).off("SIGTERM", terminated).off("disconnect", left);
    },
  };
}

/** The second time is an order to stop at once. */
function twice(first: () => void): () => void {
  let times = 0;
  return () => {
    times += 1;
    if (times > 1) process.exit(exitCodes.interrupted);
    first();
  };
}
