import { CallLog } from "./call-log.ts";
import { Changes } from "./changes.ts";
import { Chats } from "./chats.ts";
import { Commands } from "./commands.ts";
import { Files } from "./files.ts";
import { Taps } from "./taps.ts";
import { Updates } from "./updates.ts";
import type { BotUser } from "./wire.ts";

/** Everything there is: one bot, its chats and what waits to be fetched. Calls act on it from one side, people from the other. */
export interface World {
  readonly bot: BotUser;
  readonly changes: Changes;
  readonly chats: Chats;
  readonly files: Files;
  readonly updates: Updates;
  readonly taps: Taps;
  readonly commands: Commands;
  readonly log: CallLog;
  /** Milliseconds since 1970; tests may bring their own clock. */
  readonly now: () => number;
}

export function createWorld(bot: BotUser, now: () => number): World {
  const changes = new Changes();
  return {
    bot,
    changes,
    chats: new Chats(changes),
    files: new Files(),
    updates: new Updates(changes),
    taps: new Taps(changes),
    commands: new Commands(changes),
    log: new CallLog(changes),
    now,
  };
}

export function unixTime(world: World): number {
  return Math.floor(world.now() / 1_000);
}
