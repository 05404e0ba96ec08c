import type { InlineKeyboardMarkup, Message, UserFromGetMe } from "grammy/types";
import type { ChatPlace } from "../../core/task.ts";
import { parseCallbackData } from "../callback-data.ts";
import type { Unread } from "../memory.ts";
import { unreadIn } from "./attachment.ts";

/** A picture, a voice, a file, perhaps with words below it. An album is many messages that get one answer. */
export interface UnreadContent {
  readonly type: "unread";
  readonly unread: Unread;
  readonly caption: string;
  readonly albumId?: string | undefined;
}

/** What a message means for the bot, whoever sent it. */
export interface Reading {
  readonly place: ChatPlace;
  readonly isPrivate: boolean;
  /** In a group the bot answers only to commands, to its name and to replies to it. */
  readonly isAddressed: boolean;
  readonly content:
    | { readonly type: "text"; readonly text: string }
    | UnreadContent
    /** "Ann joined", "Topic created": nobody said anything. */
    | { readonly type: "service" };
  readonly repliesTo?: Replied | undefined;
}

/** The message of the bot that another one answers, and the question or job that its buttons name. */
export interface Replied {
  readonly messageId: number;
  readonly approvalId?: string;
  readonly jobId?: string;
}

export function readMessage(message: Message, me: UserFromGetMe): Reading {
  const isPrivate = message.chat.type === "private";
  const repliesTo = repliedMessage(message, me);
  const words = message.text ?? message.caption ?? "";
  return {
    place: placeOf(message),
    isPrivate,
    isAddressed: isPrivate || repliesTo !== undefined || isCalled(words, me.username),
    content: contentOf(message, me.username),
    repliesTo,
  };
}

/** Outside forums a thread number only groups replies and must not be sent back. */
function placeOf({ chat, is_topic_message: isTopic, message_thread_id: threadId }: Message): ChatPlace {
  return isTopic && threadId !== undefined ? { chatId: chat.id, threadId } : { chatId: chat.id };
}

function contentOf(message: Message, username: string): Reading["content"] {
  if (message.text !== undefined) return { type: "text", text: withoutName(message.text, username) };
  const unread = unreadIn(message);
  if (unread === undefined) return { type: "service" };
  const caption = withoutName(message.caption ?? "", username);
  return { type: "unread", unread, caption, albumId: message.media_group_id };
}

/** In a forum every message "replies" to the one that opened its topic: that is no answer to anybody. */
function repliedMessage(
  { reply_to_message: reply, message_thread_id: threadId }: Message,
  me: UserFromGetMe,
): Replied | undefined {
  if (reply === undefined || reply.from?.id !== me.id) return undefined;
  const isTopicRoot = reply.forum_topic_created !== undefined || reply.message_id === threadId;
  return isTopicRoot ? undefined : { messageId: reply.message_id, ...namedBy(reply.reply_markup) };
}

/** Telegram shows our own buttons back to us: so a copy that we do not know says what it is about. */
function namedBy(markup: InlineKeyboardMarkup | undefined): Pick<Replied, "approvalId" | "jobId"> {
  for (const button of markup?.inline_keyboard.flat() ?? []) {
    const tap = "callback_data" in button ? parseCallbackData(button.callback_data) : undefined;
    if (tap?.type === "answer") return { approvalId: tap.approvalId };
    if (tap?.type === "cancel" || tap?.type === "diff") return { jobId: tap.jobId };
  }
  return {};
}

function isCalled(words: string, username: string): boolean {
  const command = /^\/\w+(?:@(\w+))?/.exec(words);
  if (command !== null) return command[1] === undefined || command[1].toLowerCase() === username.toLowerCase();
  return mention(username).test(words);
}

function withoutName(text: string, username: string): string {
  return text.startsWith("/") ? text : text.replace(mention(username), "").trim();
}

function mention(username: string): RegExp {
  return new RegExp(`(?<![\\w@])@${username}\\b`, "i");
}
