import { AppError } from "../core/error.ts";
import type { JobId } from "../core/task.ts";
import type { JobDesk } from "../platform/job-desk.ts";
import { thisPerson } from "./person.ts";
import type { Terminal } from "./terminal.ts";

export interface LeavingDeps {
  readonly desk: JobDesk;
  readonly terminal: Terminal;
  readonly jobId: JobId;
  /** A daemon elsewhere carries on when we leave; one of our own does not. */
  readonly outlivesUs: boolean;
}

export interface Leaving extends Disposable {
  readonly signal: AbortSignal;
}

/** The first Ctrl-C asks whether to cancel the job or to leave it; a second one, or one during a question, leaves. */
export function leaveOnInterrupt({ desk, terminal, jobId, outlivesUs }: LeavingDeps): Leaving {
  const leaving = new AbortController();
  const fate = outlivesUs
    ? `Job ${jobId} goes on without this terminal: chargehand status ${jobId} shows it.`
    : `Job ${jobId} rests until a daemon is at work again: chargehand up.`;
  const leave = () => leaving.abort(new AppError("cancelled", fate));
  let interruptions = 0;

  const consider = async () => {
    const typed = await terminal.ask(`[c] cancel job ${jobId}, [Enter] leave it: `, leaving.signal);
    if (typed.trim().toLowerCase() !== "c") return leave();
    await desk.decide({ type: "cancel", jobId, by: thisPerson() });
  };
  const interrupted = () => {
    interruptions += 1;
    if (interruptions > 1 || !terminal.interactive || terminal.isAsking()) return leave();
    consider().catch(leave);
  };
  process.on("SIGINT", interrupted).on("SIGTERM", leave);
  return {
    signal: leaving.signal,
    [Symbol.dispose]() {
      process.off("SIGINT", interrupted).off("SIGTERM", leave);
    },
  };
}
