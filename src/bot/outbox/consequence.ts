import { type Message, ranks } from "../message.ts";
import type { Failure } from "./failure.ts";

/** What becomes of a message after a failed try. */
export type Consequence =
  /** It says what it should after all. */
  | { readonly type: "done" }
  /** Once more, perhaps in a simpler form; without `pauseMs` after a pause that grows with each failure. */
  | { readonly type: "again"; readonly message: Message; readonly isNew?: boolean; readonly pauseMs?: number }
  | { readonly type: "give-up" }
  /** Nothing more is delivered there. */
  | { readonly type: "closed"; readonly what: "chat" | "topic" };

export function consequenceOf(failure: Failure, message: Message): Consequence {
  switch (failure.type) {
    case "unchanged":
      return { type: "done" };
    case "wait":
      return { type: "again", message, pauseMs: failure.waitMs };
    case "unreached":
    case "ambiguous":
      return { type: "again", message };
    case "malformed":
      return message.content.entities.length === 0
        ? { type: "give-up" }
        : { type: "again", message: { ...message, content: { ...message.content, entities: [] } }, pauseMs: 0 };
    case "reply-target-gone":
      return message.replyTo === undefined
        ? { type: "give-up" }
        : { type: "again", message: { ...message, replyTo: undefined }, pauseMs: 0 };
    case "message-gone":
      // Only a card is worth a new message: an answered question that somebody deleted stays deleted.
      return message.rank === ranks.progress
        ? { type: "again", message, isNew: true, pauseMs: 0 }
        : { type: "give-up" };
    case "closed":
      return { type: "closed", what: failure.what };
  }
}
