import type { UserFromGetMe } from "grammy/types";
import type { Logger } from "pino";
import type { Config } from "../core/config.ts";
import type { JobDesk } from "../platform/job-desk.ts";
import type { BotMemory } from "./memory.ts";
import type { Outbox } from "./outbox/outbox.ts";

/** What the bot's handlers work with: everything they say goes to the outbox, everything they order to the desk. */
export interface BotParts {
  readonly config: Config;
  readonly desk: JobDesk;
  readonly outbox: Outbox;
  readonly memory: BotMemory;
  readonly me: UserFromGetMe;
  readonly log: Logger;
  /** Takes secrets out of a text before it is shown. */
  readonly redact: (text: string) => string;
}
