import { Entity, ranks } from "../message.ts";
import type { BotParts } from "../parts.ts";
import type { Press } from "./tap.ts";

/** Takes the buttons off a message whose question nobody knows any more; its words stay. */
export async function removeKeyboard({ outbox }: BotParts, { query }: Press): Promise<void> {
  const { message } = query;
  if (message === undefined || !("text" in message) || message.text === undefined) return;
  const address = { chatId: message.chat.id, messageId: message.message_id };
  const entities = (message.entities ?? []).flatMap((entity) => Entity.safeParse(entity).data ?? []);
  await outbox.correct(address, {
    place: { chatId: message.chat.id },
    rank: ranks.approval,
    rings: false,
    content: { text: message.text, entities },
  });
}
