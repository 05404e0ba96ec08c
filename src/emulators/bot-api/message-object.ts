import type { Chat, ChatMessage } from "./chat.ts";
import type { MessageEntity } from "./wire.ts";

/** A message in the form of Telegram's `Message`, as calls answer it and updates carry it. */
export function messageObject(chat: Chat, message: ChatMessage): Record<string, unknown> {
  const repliedTo = chat.message(message.replyToId ?? topicRoot(chat, message) ?? 0);
  return {
    ...withoutReply(chat, message),
    ...(repliedTo && { reply_to_message: withoutReply(chat, repliedTo) }),
  };
}

/** In a forum every message that answers nothing "replies" to the service message that opened its topic. */
function topicRoot(chat: Chat, message: ChatMessage): number | undefined {
  return chat.isForum && message.threadId !== message.id ? message.threadId : undefined;
}

function withoutReply(chat: Chat, message: ChatMessage): Record<string, unknown> {
  return {
    message_id: message.id,
    from: message.from,
    chat: chat.info,
    date: message.date,
    ...(message.editDate !== undefined && { edit_date: message.editDate }),
    ...(message.threadId !== undefined && { message_thread_id: message.threadId, is_topic_message: true }),
    ...(message.mediaGroupId && { media_group_id: message.mediaGroupId }),
    ...(message.service ?? said(message)),
    ...(message.keyboard.length > 0 && { reply_markup: { inline_keyboard: message.keyboard } }),
  };
}

function said(message: ChatMessage): Record<string, unknown> {
  if (message.attachment === undefined) {
    return { text: message.text, ...someEntities("entities", message.entities) };
  }
  const caption = message.text && { caption: message.text, ...someEntities("caption_entities", message.entities) };
  return { ...attachmentObject(message.attachment), ...caption };
}

function someEntities(field: string, entities: readonly MessageEntity[]): Record<string, unknown> {
  return entities.length > 0 ? { [field]: entities } : {};
}

function attachmentObject({ kind, fileId, name, mimeType, size }: NonNullable<ChatMessage["attachment"]>) {
  const file = { file_id: fileId, file_unique_id: `unique-${fileId}`, file_size: size };
  switch (kind) {
    case "document":
      return { document: { ...file, file_name: name, mime_type: mimeType } };
    case "photo":
      return { photo: [{ ...file, width: 1_280, height: 720 }] };
    case "voice":
      return { voice: { ...file, mime_type: mimeType, duration: 1 } };
  }
}
