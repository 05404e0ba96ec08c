import type { Letter } from "../memory.ts";
import { type Content, ranks } from "../message.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { join } from "../text/rich-text.ts";

/** Answers a message once, however often it comes: the update is the answer's name. */
export async function answer(outbox: Outbox, letter: Letter, content: Content | string, key?: string): Promise<void> {
  await outbox.post({
    key: key ?? `answer-${letter.updateId}`,
    place: letter.place,
    rank: ranks.approval,
    rings: false,
    ...(letter.place.chatId < 0 && { replyTo: letter.messageId }),
    content: typeof content === "string" ? join(content) : content,
  });
}
