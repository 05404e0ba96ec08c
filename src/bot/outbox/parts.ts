import type { Message } from "../message.ts";
import { split } from "../text/cut.ts";

/** A message as the one or more messages that Telegram takes for it: it rings once, and its buttons are at its end. */
export function partsOf(message: Message): Message[] {
  const { keyboard, document, text, entities } = message.content;
  if (document !== undefined) return [message];
  const texts = split({ text, entities });
  return texts.map((part, index) => {
    const content = { text: part.text, entities: part.entities };
    const isLast = index === texts.length - 1;
    return {
      ...(index === 0 ? message : { ...message, key: `${message.key}+${index}`, rings: false, replyTo: undefined }),
      ...(texts.length > 1 && { short: undefined }),
      content: isLast && keyboard !== undefined ? { ...content, keyboard } : content,
    };
  });
}
