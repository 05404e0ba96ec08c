import type { BotParts } from "../parts.ts";
import type { Press } from "./tap.ts";

/** Takes the buttons off a message whose question nobody knows any more; its words stay. */
export async function removeKeyboard({ outbox }: BotParts, { query: { message } }: Press): Promise<void> {
  if (message !== undefined) await outbox.strip({ chatId: message.chat.id, messageId: message.message_id });
}
