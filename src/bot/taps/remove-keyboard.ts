import { messageKeys } from "../job-messages.ts";
import type { BotParts } from "../parts.ts";
import type { Press } from "./tap.ts";

/** Of a question that is in the chat twice, the older copy loses its buttons as soon as a tap shows where it is. */
export async function removeCopysKeyboard(
  { outbox }: BotParts,
  { query: { message } }: Press,
  approvalId: string,
): Promise<void> {
  if (message === undefined) return;
  await outbox.stripCopy(messageKeys.question(approvalId), { chatId: message.chat.id, messageId: message.message_id });
}

/** Takes the buttons off a message whose question nobody knows any more; its words stay. */
export async function removeKeyboard({ outbox }: BotParts, { query: { message } }: Press): Promise<void> {
  if (message !== undefined) await outbox.strip({ chatId: message.chat.id, messageId: message.message_id });
}
