import type { Chat, ChatMessage } from "../bot-api/chat.ts";
import type { Keyboard, MessageEntity } from "../bot-api/wire.ts";

/** A message as the page draws it. */
export interface MessageView {
  readonly id: number;
  readonly isMine: boolean;
  readonly author: string;
  readonly sentAtMs: number;
  readonly isEdited: boolean;
  readonly isSilent: boolean;
  readonly isPinned: boolean;
  readonly reaction: string | undefined;
  readonly text: string;
  readonly entities: readonly MessageEntity[];
  readonly keyboard: Keyboard;
  readonly file:
    | { readonly id: string; readonly name: string; readonly size: number; readonly isPicture: boolean }
    | undefined;
  readonly repliesTo: { readonly id: number; readonly author: string; readonly text: string } | undefined;
}

const quotedLength = 120;

export function viewMessage(chat: Chat, message: ChatMessage): MessageView {
  const repliedTo = message.replyToId === undefined ? undefined : chat.message(message.replyToId);
  const { id, text, entities, keyboard, reaction, attachment } = message;
  return {
    id,
    isMine: !message.from.is_bot,
    author: message.from.first_name,
    sentAtMs: message.date * 1_000,
    isEdited: message.editDate !== undefined,
    isSilent: message.silent,
    isPinned: message.pinned,
    reaction,
    text,
    entities,
    keyboard,
    file: attachment && {
      id: attachment.fileId,
      name: attachment.name,
      size: attachment.size,
      isPicture: attachment.kind === "photo",
    },
    repliesTo: repliedTo && {
      id: repliedTo.id,
      author: repliedTo.from.first_name,
      text: (repliedTo.text || repliedTo.attachment?.name || "").slice(0, quotedLength),
    },
  };
}
