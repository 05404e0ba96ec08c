import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { badRequest } from "../api-error.ts";
import type { Chat, ChatMessage, Version } from "../chat.ts";
import { findMessage } from "../chats.ts";
import { GivenEntities } from "../entities.ts";
import { checkInlineKeyboard, ReplyMarkup } from "../keyboard.ts";
import { messageObject } from "../message-object.ts";
import { ChatId, Flag, Integer, Json, Text } from "../params.ts";
import { unixTime, type World } from "../world.ts";
import { method } from "./method.ts";
import { captionText, messageText } from "./send.ts";

/** A bot may take back its own messages for two days. */
const deletableForSeconds = 48 * 3_600;

const MessageAddress = z.object({ chat_id: ChatId.optional(), message_id: Integer.optional() });
type MessageAddress = z.infer<typeof MessageAddress>;

/** An edit without `reply_markup` takes the keyboard away. */
export const editMessageText = method(
  MessageAddress.extend({
    text: Text.optional(),
    entities: Json(GivenEntities).optional(),
    parse_mode: z.string().optional(),
    reply_markup: ReplyMarkup,
  }),
  (world, params) => {
    const content = messageText(params, "MESSAGE_TOO_LONG");
    const { chat, message } = messageToEdit(world, params);
    if (message.attachment) throw badRequest("There is no text in the message to edit");
    return edit(world, chat, message, {
      ...content,
      keyboard: checkInlineKeyboard(params.reply_markup, chat.info.type),
    });
  },
);

export const editMessageCaption = method(
  MessageAddress.extend({
    caption: Text.optional(),
    caption_entities: Json(GivenEntities).optional(),
    parse_mode: z.string().optional(),
    reply_markup: ReplyMarkup,
  }),
  (world, params) => {
    const content = captionText(params);
    const { chat, message } = messageToEdit(world, params);
    if (!message.attachment) throw badRequest("There is no caption in the message to edit");
    return edit(world, chat, message, {
      ...content,
      keyboard: checkInlineKeyboard(params.reply_markup, chat.info.type),
    });
  },
);

export const editMessageReplyMarkup = method(MessageAddress.extend({ reply_markup: ReplyMarkup }), (world, params) => {
  const { chat, message } = messageToEdit(world, params);
  const { text, entities } = message;
  return edit(world, chat, message, {
    text,
    entities,
    keyboard: checkInlineKeyboard(params.reply_markup, chat.info.type),
  });
});

function messageToEdit(world: World, { chat_id, message_id }: MessageAddress): { chat: Chat; message: ChatMessage } {
  const chat = world.chats.findToWrite(chat_id);
  const message = findMessage(chat, message_id, "message to edit");
  if (message.from.id !== world.bot.id || message.service) throw badRequest("Message can't be edited");
  return { chat, message };
}

function edit(world: World, chat: Chat, message: ChatMessage, version: Version): unknown {
  const { text, entities, keyboard } = message;
  if (isDeepStrictEqual({ ...version }, { text, entities, keyboard })) {
    const both =
      "specified new message content and reply markup are exactly the same as a current content and reply markup";
    throw badRequest(`message is not modified: ${both} of the message`);
  }
  return messageObject(chat, chat.edit(message, version, unixTime(world)));
}

/** In a private chat a bot may delete both sides' messages; in a group only its own, unless it is an administrator. */
export const deleteMessage = method(MessageAddress, (world, params) => {
  const chat = world.chats.findToWrite(params.chat_id);
  const message = findMessage(chat, params.message_id, "message to delete");
  const isOurs = message.from.id === world.bot.id;
  const isYoung = unixTime(world) - message.date < deletableForSeconds;
  const mayDelete = chat.botIsAdministrator || (isYoung && (isOurs || chat.info.type === "private"));
  if (!mayDelete) throw badRequest("message can't be deleted");
  chat.delete(message);
  return true;
});

export const setMessageReaction = method(
  MessageAddress.extend({
    reaction: Json(z.array(z.looseObject({ type: z.string(), emoji: z.string().optional() }))).default([]),
  }),
  (world, params) => {
    const chat = world.chats.findToWrite(params.chat_id);
    const message = findMessage(chat, params.message_id, "message to react");
    const [reaction, ...others] = params.reaction;
    if (others.length > 0) throw badRequest("REACTIONS_TOO_MANY");
    if (reaction && !reactionEmoji.has(reaction.emoji ?? "")) throw badRequest("REACTION_INVALID");
    chat.mark(message, { reaction: reaction?.emoji });
    return true;
  },
);

/** Bots react with a fixed set of emoji: https://core.telegram.org/bots/api#reactiontypeemoji */
const reactionEmoji = new Set(
  (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 " +
    "🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
  ).split(" "),
);

export const pinChatMessage = method(MessageAddress.extend({ disable_notification: Flag }), (world, params) =>
  setPinned(world, params, true),
);
export const unpinChatMessage = method(MessageAddress, (world, params) => setPinned(world, params, false));

function setPinned(world: World, { chat_id, message_id }: MessageAddress, pinned: boolean): true {
  const chat = world.chats.findToWrite(chat_id);
  if (chat.info.type !== "private" && !chat.botIsAdministrator) {
    throw badRequest("not enough rights to manage pinned messages in the chat");
  }
  const newestPinned = chat.messages.findLast((message) => message.pinned)?.id;
  const purpose = pinned ? "message to pin" : "message to unpin";
  chat.mark(findMessage(chat, message_id ?? (pinned ? undefined : newestPinned), purpose), { pinned });
  return true;
}
