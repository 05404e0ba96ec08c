/** The part of Telegram's objects that the emulator speaks. Names and meanings: https://core.telegram.org/bots/api */

export interface User {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly username?: string;
  readonly language_code?: string;
}

/** What `getMe` answers. */
export interface BotUser extends User {
  readonly is_bot: true;
  readonly username: string;
  readonly can_join_groups: boolean;
  readonly can_read_all_group_messages: boolean;
  readonly supports_inline_queries: boolean;
  readonly can_connect_to_business: boolean;
  readonly has_main_web_app: boolean;
  readonly has_topics_enabled: boolean;
  readonly allows_users_to_create_topics: boolean;
  readonly can_manage_bots: boolean;
  readonly supports_join_request_queries: boolean;
}

export interface PrivateChatInfo {
  readonly id: number;
  readonly type: "private";
  readonly first_name: string;
  readonly username?: string;
}

export interface GroupChatInfo {
  readonly id: number;
  readonly type: "supergroup";
  readonly title: string;
  readonly is_forum?: true;
}

export type ChatInfo = PrivateChatInfo | GroupChatInfo;

/** `offset` and `length` count UTF-16 code units, as JavaScript strings do. */
export interface MessageEntity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
}

export interface FormattedText {
  readonly text: string;
  readonly entities: readonly MessageEntity[];
}

export interface InlineButton {
  readonly text: string;
  readonly callback_data?: string;
  readonly url?: string;
  readonly web_app?: { readonly url: string };
  readonly copy_text?: { readonly text: string };
  readonly style?: "danger" | "success" | "primary";
}

export type Keyboard = readonly (readonly InlineButton[])[];

export interface Update {
  readonly update_id: number;
  readonly [type: string]: unknown;
}
