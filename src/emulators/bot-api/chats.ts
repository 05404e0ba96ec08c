import { AppError } from "../../core/error.ts";
import { badRequest, forbidden } from "./api-error.ts";
import type { Changes } from "./changes.ts";
import { Chat, type ChatMessage, type NextId } from "./chat.ts";
import type { GroupChatInfo, User } from "./wire.ts";

/** Every chat the bot could meet, and who may write where. */
export class Chats {
  readonly #chats = new Map<number, Chat>();
  readonly #changes: Changes;
  readonly #nextPrivateId = counter();

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  get all(): readonly Chat[] {
    return [...this.#chats.values()];
  }

  openPrivate(user: User, isStarted: boolean): Chat {
    const { id, first_name, username } = user;
    const info = { id, type: "private" as const, first_name, ...(username && { username }) };
    const chat = this.#add(new Chat(info, this.#changes, this.#nextPrivateId));
    chat.isStarted = isStarted;
    return chat;
  }

  openGroup(info: GroupChatInfo, botIsAdministrator: boolean): Chat {
    return this.#add(new Chat(info, this.#changes, counter(), botIsAdministrator));
  }

  get(id: number): Chat {
    const chat = this.#chats.get(id);
    if (chat === undefined)
      throw new AppError("not-found", `No chat has the id ${id}. Make a person or a group first.`);
    return chat;
  }

  /** The chat a call names, if the bot has ever met it. */
  find(chatId: string | undefined): Chat {
    if (!chatId) throw badRequest("chat_id is empty");
    const chat = this.all.find(({ info }) => String(info.id) === chatId);
    if (!chat?.isStarted) throw badRequest("chat not found");
    return chat;
  }

  findToWrite(chatId: string | undefined): Chat {
    const chat = this.find(chatId);
    if (chat.isBlocked) throw forbidden("bot was blocked by the user");
    return chat;
  }

  #add(chat: Chat): Chat {
    if (this.#chats.has(chat.id)) throw new AppError("conflict", `A chat with the id ${chat.id} exists already.`);
    this.#chats.set(chat.id, chat);
    return chat;
  }
}

/** The message a call names, refused in Telegram's words: "message to edit not found". */
export function findMessage(chat: Chat, id: number | undefined, purpose: string): ChatMessage {
  const message = chat.message(id ?? 0);
  if (message === undefined) throw badRequest(`${purpose} not found`);
  return message;
}

function counter(): NextId {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
}
