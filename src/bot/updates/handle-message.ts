import type { Message } from "grammy/types";
import { identify, refusal, type Sender } from "../access.ts";
import { answerCommand } from "../commands/answer-command.ts";
import { readCommand } from "../commands/command.ts";
import type { Letter } from "../memory.ts";
import type { BotParts } from "../parts.ts";
import { answer } from "./answers.ts";
import type { LongLetters } from "./long-letters.ts";
import { type Reading, readMessage } from "./read-message.ts";
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
  if (content.type === "other") return isAddressed ? explainTextOnly(parts, letter, content.groupId) : undefined;
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

async function explainTextOnly({ outbox }: BotParts, letter: Letter, groupId: string | undefined): Promise<void> {
  const key = groupId === undefined ? undefined : `text-only-${groupId}`;
  await answer(outbox, letter, "I understand text only for now. Write the task in words.", key);
}
