import { setTimeout as delay } from "node:timers/promises";
import { type Api, GrammyError } from "grammy";
import type { UserFromGetMe } from "grammy/types";
import type { Logger } from "pino";
import { AppError } from "../core/error.ts";
import { commandList } from "./commands/command.ts";

/** grammY declares the signal of a package that predates Node's own; at run time either will do. */
export type GrammySignal = NonNullable<Parameters<Api["getMe"]>[0]>;

/** A call's own deadline beside the program's end: grammY alone would wait for minutes. */
export function within(signal: AbortSignal, timeoutMs: number): GrammySignal {
  return AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) as GrammySignal;
}

/** Learns who the bot is. A network that is not there yet is waited for; a token that is refused is not. */
export async function introduce(api: Api, log: Logger, signal: AbortSignal): Promise<UserFromGetMe> {
  for (let failures = 1; ; failures += 1) {
    try {
      const me = await api.getMe(within(signal, 30_000));
      await api.deleteWebhook({}, within(signal, 30_000));
      return me;
    } catch (error) {
      signal.throwIfAborted();
      if (isTokenRefused(error)) throw tokenRefused(error);
      if (failures === 1) log.warn({ err: error }, "Telegram does not answer yet; trying again");
      await pause(pauseMs(error, failures), signal);
    }
  }
}

/** Fills the menu that a client shows beside the input field. The bot works without it. */
export async function publishCommands(api: Api, log: Logger, signal: AbortSignal): Promise<void> {
  try {
    await api.setMyCommands([...commandList], {}, within(signal, 30_000));
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, "the menu of commands could not be set");
  }
}

/** A malformed token is "not found" rather than "unauthorized". */
export function isTokenRefused(error: unknown): boolean {
  return error instanceof GrammyError && (error.error_code === 401 || error.error_code === 404);
}

export function tokenRefused(cause: unknown): AppError {
  const sentence = "Telegram refuses the bot's token. Copy it again from @BotFather into TELEGRAM_BOT_TOKEN.";
  return new AppError("telegram-refused", sentence, { cause });
}

const longestPauseMs = 10_000;

/** How long to wait after so many failures in a row, or after one that says how long. */
export function pauseMs(error: unknown, failures: number): number {
  const asked = error instanceof GrammyError ? (error.parameters.retry_after ?? 0) * 1_000 : 0;
  return Math.max(asked, Math.min(250 * 2 ** failures, longestPauseMs));
}

export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await delay(durationMs, undefined, { signal }).catch(() => {});
}
