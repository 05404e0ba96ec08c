import { watchConfiguration } from "../platform/changed-configuration.ts";
import { openInstallation, type Settings } from "../platform/installation.ts";
import { resolveRedis } from "../platform/redis.ts";
import type { CommandContext } from "./command-line.ts";
import { exitCodes } from "./exit-code.ts";
import { untilInterrupted } from "./interrupt.ts";
import { readSettings } from "./session.ts";

/** A part of Chargehand: it works until the signal, and says when it has begun. */
type Part = (settings: Settings & { readonly onReady: () => void }, signal: AbortSignal) => Promise<void>;

export interface Parts {
  readonly bot: boolean;
  readonly daemon: boolean;
}

/** Is the bot, the daemon or both until Ctrl-C. When one of two fails, the other ends in good order. */
export async function serve(context: CommandContext, { bot, daemon }: Parts): Promise<number> {
  const settings = readSettings(context);
  using interrupted = untilInterrupted();
  const failing = new AbortController();
  const signal = AbortSignal.any([interrupted.signal, failing.signal]);

  // Held for both: a private Redis must not end with the first of them to leave.
  const { config, log } = openInstallation(settings);
  await using _redis = await resolveRedis(settings.environment, log, signal);

  using _watch = watchConfiguration({ settings, config, readAgain: () => readSettings(context), log });

  const parts: Part[] = [];
  if (daemon) {
    parts.push((await import("../daemon/main.ts")).runDaemon);
    parts.push((await import("../sources/main.ts")).runSources);
    parts.push((await import("../http/main.ts")).runHttp);
  }
  if (bot) parts.push((await import("../bot/main.ts")).runBot);
  let beginning = parts.length;
  const onReady = () => {
    beginning -= 1;
    // Whoever started us as a child waits for this word.
    if (beginning === 0) process.send?.("ready");
  };
  const failed = (error: unknown) => {
    if (error !== interrupted.signal.reason) failing.abort(error);
  };
  await Promise.all(parts.map((part) => part({ ...settings, config, onReady }, signal).catch(failed)));
  failing.signal.throwIfAborted();
  return exitCodes.ok;
}
