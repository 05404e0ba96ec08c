import type { Message } from "grammy/types";
import type { Unread } from "../memory.ts";

/** What a message carries that the bot does not read, or nothing. */
export function unreadIn(message: Message): Unread | undefined {
  return fields.find(([field]) => message[field] !== undefined)?.[1];
}

/** Telegram's fields; an animation comes with a `document` too, so it stands before that. */
const fields = [
  ["voice", "voice"],
  ["audio", "voice"],
  ["video_note", "voice"],
  ["animation", "picture"],
  ["photo", "picture"],
  ["video", "picture"],
  ["document", "file"],
  ["sticker", "other"],
  ["story", "other"],
  ["contact", "other"],
  ["dice", "other"],
  ["location", "other"],
  ["poll", "other"],
  ["venue", "other"],
] as const satisfies readonly (readonly [keyof Message, Unread])[];

/** Why nothing follows from it, and what to do instead. */
export const whatToSendInstead: Record<Unread, string> = {
  voice:
    "I cannot listen to voice messages. Send the task as text; the microphone on your phone's keyboard turns speech into text.",
  picture: "I cannot look at pictures and videos. Describe in words what they show and what is to be done.",
  file: "I cannot read files that are sent here. Send the text itself, or name a file of the project.",
  other: "I understand text only. Write the task in words.",
};

/** Said above the question whether a caption alone is the whole order. */
export const onlyCaptionRead: Record<Unread, string> = {
  voice: "I read only your caption; I cannot listen to the recording.",
  picture: "I read only your caption; I cannot look at the picture.",
  file: "I read only your caption; I cannot read the file.",
  other: "I read only your caption.",
};
