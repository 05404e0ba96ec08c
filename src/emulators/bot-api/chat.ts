import { badRequest } from "./api-error.ts";
import type { Changes } from "./changes.ts";
import type { ChatInfo, FormattedText, Keyboard, MessageEntity, User } from "./wire.ts";

/** A file as it hangs on a message; its bytes are in the file store. */
export interface Attachment {
  readonly kind: "document" | "photo" | "voice";
  readonly fileId: string;
  readonly name: string;
  readonly mimeType: string;
  readonly size: number;
}

/** What a message said at one time. */
export interface Version extends FormattedText {
  readonly keyboard: Keyboard;
}

/** A message as a person sees it now, after every edit. Values never change: an edit puts a new one in its place. */
export interface ChatMessage extends Version {
  readonly id: number;
  readonly chatId: number;
  /** The forum topic it stands in; absent in General and in chats without topics. */
  readonly threadId?: number;
  readonly from: User;
  /** Unix time in seconds, as Telegram counts. */
  readonly date: number;
  readonly editDate?: number;
  /** Text, or the caption where there is an attachment. */
  readonly text: string;
  readonly entities: readonly MessageEntity[];
  readonly attachment?: Attachment;
  readonly mediaGroupId?: string;
  readonly replyToId?: number;
  /** Sent with `disable_notification`: the phone did not ring. */
  readonly silent: boolean;
  readonly pinned: boolean;
  readonly reaction?: string | undefined;
  /** Every state it was in, oldest first; the last one is the present. */
  readonly versions: readonly Version[];
  /** Set on messages that nobody wrote, such as "topic created". */
  readonly service?: Readonly<Record<string, unknown>>;
  /** False where privacy mode kept a group message from the bot. */
  readonly reachedBot: boolean;
  readonly revision: number;
}

export type Draft = Pick<ChatMessage, "from" | "date" | "text"> &
  Partial<Omit<ChatMessage, "id" | "chatId" | "versions">>;

export interface Topic {
  readonly threadId: number;
  readonly name: string;
}

/** Gives message numbers: private chats of one bot share a counter, each supergroup has its own. */
export type NextId = () => number;

export class Chat {
  readonly info: ChatInfo;
  readonly topics = new Map<number, Topic>();
  /** Messages that were deleted, as they last were. */
  readonly deleted: ChatMessage[] = [];
  /** Administrators read everything and may pin. */
  readonly botIsAdministrator: boolean;
  /** False until a person pressed Start: a bot cannot write first. */
  isStarted = true;
  isBlocked = false;
  /** What the bot was last seen doing; a phone shows "typing…" for five seconds, or until a message comes. */
  activity: { readonly action: string; readonly at: number } | undefined;
  readonly #messages = new Map<number, ChatMessage>();
  readonly #changes: Changes;
  readonly #nextId: NextId;

  constructor(info: ChatInfo, changes: Changes, nextId: NextId, botIsAdministrator = false) {
    this.info = info;
    this.#changes = changes;
    this.#nextId = nextId;
    this.botIsAdministrator = botIsAdministrator;
  }

  get id(): number {
    return this.info.id;
  }

  get isForum(): boolean {
    return this.info.type === "supergroup" && this.info.is_forum === true;
  }

  /** What stands in the chat now, oldest first. */
  get messages(): readonly ChatMessage[] {
    return [...this.#messages.values()];
  }

  message(id: number): ChatMessage | undefined {
    return this.#messages.get(id);
  }

  post(draft: Draft): ChatMessage {
    const version = { text: draft.text, entities: draft.entities ?? [], keyboard: draft.keyboard ?? [] };
    const message = {
      silent: false,
      pinned: false,
      reachedBot: true,
      ...draft,
      ...version,
      id: this.#nextId(),
      chatId: this.id,
      versions: [version],
      revision: this.#changes.announce(),
    };
    this.#messages.set(message.id, message);
    this.activity = undefined;
    return message;
  }

  /** A change of what the message says; the old words stay in its versions. */
  edit(message: ChatMessage, version: Version, editDate: number): ChatMessage {
    return this.mark(message, { ...version, editDate, versions: [...message.versions, version] });
  }

  /** A change beside what the message says: pinned, reacted to. */
  mark(message: ChatMessage, news: Partial<ChatMessage>): ChatMessage {
    const changed = { ...message, ...news, revision: this.#changes.announce() };
    this.#messages.set(message.id, changed);
    return changed;
  }

  showActivity(action: string, at: number): void {
    this.activity = { action, at };
    this.#changes.announce();
  }

  delete(message: ChatMessage): void {
    this.#messages.delete(message.id);
    this.deleted.push({ ...message, revision: this.#changes.announce() });
  }

  /** The topic a bot's call names. General has no number on sends, and chats without topics ignore it. */
  threadFor(threadId: number | undefined): number | undefined {
    if (threadId === undefined || (this.info.type === "supergroup" && !this.isForum)) return undefined;
    if (!this.topics.has(threadId)) throw badRequest("message thread not found");
    return threadId;
  }
}
