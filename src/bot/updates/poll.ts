import { type Api, GrammyError } from "grammy";
import type { Update } from "grammy/types";
import type { Logger } from "pino";
import { AppError } from "../../core/error.ts";
import type { BotStatus } from "../status.ts";
import { isTokenRefused, pause, pauseMs, tokenRefused, within } from "../telegram.ts";

export interface PollDeps {
  readonly api: Api;
  /** Resolves to whether the update's effect is stored. One that is not comes again. */
  readonly handle: (update: Update) => Promise<boolean>;
  readonly status: BotStatus;
  readonly log: Logger;
  /** How long another poller of the same bot is put up with. Telegram itself needs most of a minute to end one. */
  readonly conflictPatienceMs?: number;
}

const longPollSeconds = 30;

/**
 * Fetches updates for as long as the bot lives. grammY's runner confirms an update when it is fetched; here it is
 * confirmed by the next fetch, after its effect is stored, so that a crash in between loses nothing. Updates of one
 * chat are handled in their order, chats at the same time. Nothing but a refused token or a stubborn second poller ends it.
 */
export async function pollUpdates(deps: PollDeps, signal: AbortSignal): Promise<void> {
  const { api, status, log } = deps;
  const handled = new Set<number>();
  let position: Position = { offset: 0, isBehind: false };
  let failures = 0;
  while (!signal.aborted) {
    try {
      const updates = await fetchUpdates(api, position, signal);
      status.polled(Date.now());
      failures = 0;
      await handleInLines(updates, handled, deps);
      position = advance(position, updates, handled);
      if (position.isBehind) await pause(1_000, signal);
    } catch (error) {
      if (signal.aborted) break;
      failures += 1;
      status.troubled(error, Date.now());
      endIfHopeless(error, status, deps.conflictPatienceMs ?? 180_000);
      if (failures === 1) log.warn({ err: error }, "updates cannot be fetched; trying again");
      await pause(pauseMs(error, failures), signal);
    }
  }
  await confirm(api, position);
}

interface Position {
  /** The first update that is not handled yet. */
  readonly offset: number;
  /** Whether an update waits for the store: then nobody waits for new ones. */
  readonly isBehind: boolean;
}

function fetchUpdates(api: Api, { offset, isBehind }: Position, signal: AbortSignal): Promise<Update[]> {
  const timeout = isBehind ? 0 : longPollSeconds;
  return api.getUpdates(
    { offset, timeout, allowed_updates: ["message", "callback_query"] },
    within(signal, (timeout + 15) * 1_000),
  );
}

async function handleInLines(updates: readonly Update[], handled: Set<number>, deps: PollDeps): Promise<void> {
  const lines = Map.groupBy(updates, lineOf).values();
  await Promise.all(
    lines.map(async (line) => {
      for (const update of line) {
        if (handled.has(update.update_id)) continue;
        if (!(await isStored(update, deps))) return;
        handled.add(update.update_id);
      }
    }),
  );
}

/** A handler that throws has a bug, which the same update would only meet again. */
async function isStored(update: Update, { handle, log }: PollDeps): Promise<boolean> {
  try {
    return await handle(update);
  } catch (error) {
    log.error({ err: error, updateId: update.update_id }, "an update could not be handled");
    return true;
  }
}

/** Taps are a line of their own: they are answered at once, also while a message waits for the store. */
function lineOf({ message, callback_query: tap }: Update): string {
  return tap === undefined ? `messages of ${message?.chat.id}` : `taps in ${tap.message?.chat.id ?? tap.from.id}`;
}

function advance(position: Position, updates: readonly Update[], handled: Set<number>): Position {
  const open = updates.find(({ update_id: id }) => !handled.has(id))?.update_id;
  const last = updates.at(-1)?.update_id;
  const offset = open ?? (last === undefined ? position.offset : last + 1);
  for (const id of handled) if (id < offset) handled.delete(id);
  return { offset, isBehind: open !== undefined };
}

function endIfHopeless(error: unknown, status: BotStatus, conflictPatienceMs: number): void {
  if (isTokenRefused(error)) throw tokenRefused(error);
  const deafMs = Date.now() - (status.troubledSince ?? Date.now());
  if (error instanceof GrammyError && error.error_code === 409 && deafMs > conflictPatienceMs) {
    const sentence = "Another program fetches this bot's updates. Stop it, or give this one a token of its own.";
    throw new AppError("telegram-refused", sentence, { cause: error });
  }
}

/** A courtesy at the end: without it the last updates come once more and are recognised. */
async function confirm(api: Api, { offset }: Position): Promise<void> {
  if (offset === 0) return;
  const deadline = AbortSignal.timeout(2_000);
  await api.getUpdates({ offset, timeout: 0, limit: 1 }, within(deadline, 2_000)).catch(() => {});
}
