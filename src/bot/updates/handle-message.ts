import type { Message } from "grammy/types";
import { identify, refusal, type Sender } from "../access.ts";
import { answerCommand } from "../commands/answer-command.ts";
import { readCommand } from "../commands/command.ts";
import type { Letter } from "../memory.ts";
import type { BotParts } from "../parts.ts";
import { answer } from "./answers.ts";
import { whatToSendInstead } from "./attachment.ts";
import type { LongLetters } from "./long-letters.ts";
import { type Reading, readMessage, type UnreadContent } from "./read-message.ts";
import { aboutRepliedJob, takeReply } from "./replies.ts";

/** Deals with one message. Returns when its effect, an answer or an order, is stored. */
export async function handleMessage(
  parts: BotParts,
  longLetters: LongLetters,
  updateId: number,
  message: Message,
): Promise<void> {
  if (message.from === undefined || message.from.is_bot) return;
  const reading = readMessage(message, parts.me);
  const sender = identify(parts.config, message.from);
  const { content, isAddressed, repliesTo } = reading;
  if (content.type === "service") return;
  const letter = letterOf(updateId, message, reading, sender);
  if (sender.role === "stranger") return isAddressed ? refuse(parts, letter) : undefined;
  if (content.type === "unread") {
    return isAddressed ? takeUnread(parts, letter, content, repliesTo !== undefined) : undefined;
  }
  const mayBegin = isAddressed && repliesTo === undefined;
  if (await longLetters.take(letter, { mayBegin })) return;
  if (!isAddressed) return;
  const command = readCommand(letter.text);
  if (repliesTo === undefined) return answerCommand(parts, letter, command);
  if (command.type === "order" && (await takeReply(parts, letter, repliesTo))) return;
  await answerCommand(parts, letter, await aboutRepliedJob(parts, letter, command, repliesTo));
}

function letterOf(updateId: number, message: Message, { place, content }: Reading, sender: Sender): Letter {
  return {
    updateId,
    place,
    messageId: message.message_id,
    senderId: sender.id,
    person: sender.person,
    text: content.type === "text" ? content.text : "",
    sentAt: message.date,
  };
}

/** Once and never again: a stranger learns whom to ask, and cannot make the bot talk. */
async function refuse({ outbox, memory }: BotParts, letter: Letter): Promise<void> {
  if (await memory.wasRefused(letter.senderId)) return;
  await answer(outbox, letter, refusal(letter.senderId), `refusal-${letter.senderId}`);
  await memory.rememberRefusal(letter.senderId);
}

/**
 * The words below a picture mean what they would mean without it; only an order is asked about first, for the picture
 * may hold what the words leave out.
 */
async function takeUnread(parts: BotParts, letter: Letter, content: UnreadContent, isReply: boolean): Promise<void> {
  const { caption, unread, albumId } = content;
  const { memory, outbox } = parts;
  if (caption.trim() !== "" && !isReply) {
    await answerCommand(parts, { ...letter, captionOf: unread }, readCommand(caption));
    if (albumId !== undefined) await memory.rememberAlbum(albumId);
    return;
  }
  if (albumId !== undefined && (await memory.wasAlbumAnswered(albumId))) return;
  await answer(outbox, letter, whatToSendInstead[unread], albumId && `unread-${albumId}`);
}
