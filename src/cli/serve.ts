import type { CommandContext } from "./command-line.ts";
import { exitCodes } from "./exit-code.ts";
import { untilInterrupted } from "./interrupt.ts";
import { readSettings } from "./session.ts";

export interface Parts {
  readonly bot: boolean;
  readonly daemon: boolean;
}

/** Is the bot, the daemon or both until Ctrl-C. When one of two fails, the other ends in good order. */
export async function serve(context: CommandContext, parts: Parts): Promise<number> {
  const settings = readSettings(context);
  using interrupted = untilInterrupted();
  const failing = new AbortController();
  const signal = AbortSignal.any([interrupted.signal, failing.signal]);
  const until = (work: Promise<void>) => work.catch((error: unknown) => failing.abort(error));

  const running: Promise<void>[] = [];
  if (parts.daemon) running.push(until((await import("../daemon/main.ts")).runDaemon(settings, signal)));
  if (parts.bot) running.push(until((await import("../bot/main.ts")).runBot(settings, signal)));
  await Promise.all(running);
  failing.signal.throwIfAborted();
  return exitCodes.ok;
}
