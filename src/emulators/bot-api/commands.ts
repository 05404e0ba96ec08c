import { z } from "zod";
import type { Changes } from "./changes.ts";
import type { ChatInfo } from "./wire.ts";

export interface BotCommand {
  readonly command: string;
  readonly description: string;
}

export const CommandScope = z.discriminatedUnion("type", [
  z.object({ type: z.literal("default") }),
  z.object({ type: z.enum(["all_private_chats", "all_group_chats", "all_chat_administrators"]) }),
  z.object({ type: z.enum(["chat", "chat_administrators"]), chat_id: z.union([z.int(), z.string()]) }),
  z.object({ type: z.literal("chat_member"), chat_id: z.union([z.int(), z.string()]), user_id: z.int() }),
]);
export type CommandScope = z.infer<typeof CommandScope>;

/** The bot's commands, by where they hold and in which language. */
export class Commands {
  readonly #lists = new Map<string, readonly BotCommand[]>();
  readonly #changes: Changes;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  get(scope: CommandScope, language: string): readonly BotCommand[] {
    return this.#lists.get(key(scope, language)) ?? [];
  }

  set(scope: CommandScope, language: string, commands: readonly BotCommand[]): void {
    this.#lists.set(key(scope, language), commands);
    this.#changes.announce();
  }

  /** What a person sees behind "/": the narrowest list that is not empty, in their language if there is one. */
  shownIn(chat: ChatInfo, language = ""): readonly BotCommand[] {
    const everywhere = chat.type === "private" ? "all_private_chats" : "all_group_chats";
    const scopes: CommandScope[] = [{ type: "chat", chat_id: chat.id }, { type: everywhere }, { type: "default" }];
    const lists = scopes.flatMap((scope) => [this.get(scope, language), this.get(scope, "")]);
    return lists.find((list) => list.length > 0) ?? [];
  }
}

function key(scope: CommandScope, language: string): string {
  return Object.values(scope).concat(language).join("/");
}
