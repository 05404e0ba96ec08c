import { type Api, InputFile } from "grammy";
import type { InlineKeyboardButton, MessageEntity } from "grammy/types";
import type { Content, Keyboard, Message } from "../message.ts";
import { within } from "../telegram.ts";
import { captionLimit, clip, messageLimit } from "../text/cut.ts";
import { italic, paragraphs } from "../text/rich-text.ts";

/** The three calls that change what a chat shows. Each either does it or throws what grammY throws. */
export interface Sender {
  /** The number of the new message. `isRepeated` says so in the message: the first try may have arrived. */
  send(message: Message, options: { isRepeated: boolean }, signal: AbortSignal): Promise<number>;
  /** Without a text only the buttons change. */
  edit(messageId: number, message: Message, signal: AbortSignal): Promise<void>;
}

/** Longer than Telegram takes for anything, shorter than a person's patience. */
const timeoutMs = 30_000;

export function createTelegramSender(api: Api, redact: (text: string) => string): Sender {
  return {
    async send(message, { isRepeated }, signal) {
      const { chatId, threadId } = message.place;
      const content = safe(isRepeated ? labelled(message.content) : message.content, redact);
      const options = {
        disable_notification: !message.rings,
        ...(threadId !== undefined && threadId !== generalTopic && { message_thread_id: threadId }),
        ...(message.replyTo !== undefined && {
          reply_parameters: { message_id: message.replyTo, allow_sending_without_reply: true },
        }),
        ...(content.keyboard && { reply_markup: inlineKeyboard(content.keyboard) }),
      };
      const deadline = within(signal, timeoutMs);
      if (content.document !== undefined) {
        const file = new InputFile(Buffer.from(content.document.text), content.document.name);
        const caption = { caption: content.text, caption_entities: entitiesOf(content) };
        return (await api.sendDocument(chatId, file, { ...options, ...caption }, deadline)).message_id;
      }
      const text = { entities: entitiesOf(content), link_preview_options: { is_disabled: true } };
      return (await api.sendMessage(chatId, content.text, { ...options, ...text }, deadline)).message_id;
    },
    async edit(messageId, { place, content: wished }, signal) {
      const content = safe(wished, redact);
      const markup = { reply_markup: inlineKeyboard(content.keyboard ?? []) };
      if (content.text === "") {
        await api.editMessageReplyMarkup(place.chatId, messageId, markup, within(signal, timeoutMs));
        return;
      }
      const options = {
        ...markup,
        entities: entitiesOf(content),
        link_preview_options: { is_disabled: true },
      };
      await api.editMessageText(place.chatId, messageId, content.text, options, within(signal, timeoutMs));
    },
  };
}

/** The last look at what leaves. Mostly nothing is left to be found here; a text that changes loses its formatting. */
function safe(content: Content, redact: (text: string) => string): Content {
  const { text, document } = content;
  const clean = redact(text);
  return {
    ...content,
    ...(clean !== text && { text: clean.slice(0, messageLimit), entities: [] }),
    ...(document && { document: { ...document, text: redact(document.text) } }),
  };
}

/** Messages of the General topic name no topic: Telegram refuses its number 1 on a send. */
const generalTopic = 1;

function labelled(content: Content): Content {
  const label = "(sent again: the first try may have been lost)";
  const limit = content.document === undefined ? messageLimit : captionLimit;
  const { text, entities } = paragraphs(clip(content, limit - label.length - 2), italic(label));
  return { ...content, text, entities };
}

function inlineKeyboard(keyboard: Keyboard): { inline_keyboard: InlineKeyboardButton[][] } {
  return {
    inline_keyboard: keyboard.map((row) => row.map(({ data, ...button }) => ({ ...button, callback_data: data }))),
  };
}

function entitiesOf({ entities }: Content): MessageEntity[] {
  return entities.map(({ language, url = "", type, ...span }) => {
    if (type === "pre") return { ...span, type, ...(language && { language }) };
    return type === "text_link" ? { ...span, type, url } : { ...span, type };
  });
}
