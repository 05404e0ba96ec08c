import { AppError } from "../../core/error.ts";
import type { WaitOptions } from "./changes.ts";
import type { Attachment, Chat, ChatMessage, Draft, Topic } from "./chat.ts";
import { findEntities } from "./entities.ts";
import { messageObject } from "./message-object.ts";
import { reachesBot } from "./privacy.ts";
import { splitLongText } from "./split-text.ts";
import type { Tap } from "./taps.ts";
import { until } from "./until.ts";
import type { InlineButton, User } from "./wire.ts";
import { unixTime, type World } from "./world.ts";

export interface SendOptions {
  /** Default: the private chat with the bot. */
  readonly chatId?: number;
  readonly threadId?: number;
  readonly replyTo?: Pick<ChatMessage, "id">;
}

export interface SeeOptions extends Partial<WaitOptions> {
  readonly chatId?: number;
  readonly threadId?: number;
  /** Only messages that came after this one. */
  readonly after?: Pick<ChatMessage, "id">;
}

export interface FileToSend {
  readonly kind?: Attachment["kind"];
  readonly name: string;
  readonly mimeType?: string;
  readonly bytes: Uint8Array;
  readonly caption?: string;
  /** Files with the same group are one album. */
  readonly mediaGroupId?: string;
}

/** Somebody with a phone: what they do becomes an update for the bot, what the bot does becomes something they see. */
export class Person {
  readonly user: User;
  readonly #world: World;

  constructor(user: User, world: World) {
    this.user = user;
    this.#world = world;
  }

  get id(): number {
    return this.user.id;
  }

  /** The private chat with the bot. */
  get chat(): Chat {
    return this.#world.chats.get(this.id);
  }

  /** Sends a text and returns its message. A text over the limit leaves the phone in several messages; this is the first. */
  sends(text: string, options: SendOptions = {}): ChatMessage {
    const [first = "", ...rest] = splitLongText(text.trim());
    if (first === "") throw new AppError("bad-input", "A phone sends no empty message.");
    const message = this.#post({ text: first, entities: findEntities(first) }, options);
    for (const part of rest) this.#post({ text: part, entities: findEntities(part) }, options);
    return message;
  }

  sendsFile(
    { kind = "document", caption = "", mediaGroupId, ...file }: FileToSend,
    options: SendOptions = {},
  ): ChatMessage {
    const attachment = this.#world.files.store({ mimeType: "application/octet-stream", ...file }, kind);
    const draft = { text: caption, entities: findEntities(caption), attachment, ...(mediaGroupId && { mediaGroupId }) };
    return this.#post(draft, options);
  }

  edits(message: Pick<ChatMessage, "id" | "chatId">, text: string): ChatMessage {
    const chat = this.#world.chats.get(message.chatId);
    const now = present(chat, message);
    const edited = chat.edit(now, { text, entities: findEntities(text), keyboard: [] }, unixTime(this.#world));
    if (edited.reachedBot) this.#world.updates.push("edited_message", messageObject(chat, edited));
    return edited;
  }

  /**
   * Presses a button, named by its text or its data. `stale` also presses one that an edit took away in the meantime,
   * as a finger can that was already on its way.
   */
  taps(message: Pick<ChatMessage, "id" | "chatId">, button: string, { stale = false } = {}): Tap {
    const chat = this.#world.chats.get(message.chatId);
    const now = present(chat, message);
    const data = findButton(now, button, stale).callback_data;
    if (data === undefined) throw new AppError("bad-input", `The button "${button}" does not call the bot.`);
    const tap = this.#world.taps.open(now, data);
    this.#world.updates.push("callback_query", {
      id: tap.id,
      from: this.user,
      message: messageObject(chat, now),
      chat_instance: String(chat.id),
      data,
    });
    return tap;
  }

  /** Waits for a message of the bot that holds these words, in its present state. */
  sees(words: string | RegExp, options: SeeOptions = {}): Promise<ChatMessage> {
    const { chatId = this.id, threadId, after } = options;
    const chat = this.#world.chats.get(chatId);
    const isMeant = (message: ChatMessage) =>
      message.from.id === this.#world.bot.id &&
      message.id > (after?.id ?? 0) &&
      (threadId === undefined || message.threadId === threadId) &&
      (typeof words === "string" ? message.text.includes(words) : words.test(message.text));
    return until(this.#world, () => chat.messages.find(isMeant), options);
  }

  /** Blocks the bot: it can no longer write to this person. */
  blocks(): void {
    this.#setBlocked(true);
  }

  unblocks(): void {
    this.#setBlocked(false);
  }

  opensTopic(chatId: number, name: string): Topic {
    const chat = this.#world.chats.get(chatId);
    const service = { forum_topic_created: { name, icon_color: 7_322_096 } };
    const opening = this.#addTo(chat, { text: "", service });
    const message = chat.mark(opening, { threadId: opening.id });
    const topic = { threadId: opening.id, name };
    chat.topics.set(topic.threadId, topic);
    this.#world.updates.push("message", messageObject(chat, message));
    return topic;
  }

  /** Deletes a topic with everything in it. The bot is not told. */
  deletesTopic(chatId: number, threadId: number): void {
    const chat = this.#world.chats.get(chatId);
    chat.topics.delete(threadId);
    for (const message of chat.messages) if (message.threadId === threadId) chat.delete(message);
  }

  deletes(message: Pick<ChatMessage, "id" | "chatId">): void {
    const chat = this.#world.chats.get(message.chatId);
    chat.delete(present(chat, message));
  }

  #post(content: Partial<Draft> & { text: string }, { chatId = this.id, threadId, replyTo }: SendOptions): ChatMessage {
    const chat = this.#world.chats.get(chatId);
    const reachedBot = reachesBot(this.#world, chat, content, replyTo && chat.message(replyTo.id));
    const message = this.#addTo(chat, {
      ...content,
      reachedBot,
      ...(threadId !== undefined && { threadId: openTopic(chat, threadId) }),
      ...(replyTo && { replyToId: replyTo.id }),
    });
    if (reachedBot) this.#world.updates.push("message", messageObject(chat, message));
    return message;
  }

  #addTo(chat: Chat, content: Partial<Draft> & { text: string }): ChatMessage {
    chat.isStarted = true;
    return chat.post({ ...content, from: this.user, date: unixTime(this.#world) });
  }

  #setBlocked(isBlocked: boolean): void {
    const { chat } = this;
    const member = (status: string) => ({
      user: this.#world.bot,
      status,
      ...(status === "kicked" && { until_date: 0 }),
    });
    chat.isBlocked = isBlocked;
    this.#world.updates.push("my_chat_member", {
      chat: chat.info,
      from: this.user,
      date: unixTime(this.#world),
      old_chat_member: member(isBlocked ? "member" : "kicked"),
      new_chat_member: member(isBlocked ? "kicked" : "member"),
    });
  }
}

function present(chat: Chat, { id }: Pick<ChatMessage, "id">): ChatMessage {
  const message = chat.message(id);
  if (message === undefined) throw new AppError("not-found", `Message ${id} is not in chat ${chat.id}.`);
  return message;
}

function openTopic(chat: Chat, threadId: number): number {
  if (!chat.topics.has(threadId)) throw new AppError("not-found", `Chat ${chat.id} has no topic ${threadId}.`);
  return threadId;
}

function findButton(message: ChatMessage, wanted: string, stale: boolean): InlineButton {
  const keyboards = stale ? message.versions.map(({ keyboard }) => keyboard).reverse() : [message.keyboard];
  const buttons = keyboards.flat(2);
  const button = buttons.find(({ text, callback_data }) => text === wanted || callback_data === wanted);
  if (button) return button;
  const there = buttons.map(({ text }) => `"${text}"`).join(", ") || "none";
  throw new AppError("not-found", `Message ${message.id} has no button "${wanted}". Its buttons: ${there}.`);
}
