import { z } from "zod";
import { ApiError, badRequest } from "../api-error.ts";
import type { Attachment, Chat, Draft } from "../chat.ts";
import { findMessage } from "../chats.ts";
import { GivenEntities } from "../entities.ts";
import { formattedText } from "../formatted-text.ts";
import { checkKeyboard, ReplyMarkup } from "../keyboard.ts";
import { messageObject } from "../message-object.ts";
import { ChatId, Flag, Integer, Json, Text } from "../params.ts";
import { unixTime, type World } from "../world.ts";
import { type IncomingCall, type Method, method } from "./method.ts";

const maxTextLength = 4_096;
const maxCaptionLength = 1_024;
const maxUploadBytes = 50 * 1_024 * 1_024;

const Target = z.object({
  chat_id: ChatId.optional(),
  message_thread_id: Integer.optional(),
  disable_notification: Flag,
  reply_parameters: Json(z.object({ message_id: Integer, allow_sending_without_reply: Flag })).optional(),
  reply_markup: ReplyMarkup,
  parse_mode: z.string().optional(),
});
type Target = z.infer<typeof Target>;

const CaptionedTarget = Target.extend({
  caption: Text.optional(),
  caption_entities: Json(GivenEntities).optional(),
});

export const sendMessage = method(
  Target.extend({ text: Text.optional(), entities: Json(GivenEntities).optional() }),
  (world, params) => {
    const content = messageText(params);
    return post(world, params, () => content);
  },
);

/** The text of a message as Telegram takes it; edits hold to the same rules, with another word for "too long". */
export function messageText(
  { text, entities, parse_mode }: { text?: string; entities?: z.infer<typeof GivenEntities>; parse_mode?: string },
  tooLong = "Message is too long",
) {
  if (!text) throw badRequest("Message text is empty");
  const content = formattedText({ text, entities, parseMode: parse_mode });
  if (content.text === "") throw badRequest("Text must be non-empty");
  if (content.text.length > maxTextLength) throw badRequest(tooLong);
  return content;
}

export const sendDocument = sendFile("document");
export const sendPhoto = sendFile("photo");

function sendFile(kind: "document" | "photo"): Method {
  return method(CaptionedTarget, (world, params, call) => {
    const content = captionText(params);
    return post(world, params, () => ({ ...content, attachment: attachment(world, kind, call) }));
  });
}

export function captionText(given: {
  caption?: string | undefined;
  caption_entities?: z.infer<typeof GivenEntities> | undefined;
  parse_mode?: string | undefined;
}) {
  const { caption = "", caption_entities, parse_mode } = given;
  const content = formattedText({ text: caption, entities: caption_entities, parseMode: parse_mode });
  if (content.text.length > maxCaptionLength) throw badRequest("Message caption is too long");
  return content;
}

/** A file comes with the call, or is one that was sent before and is named by its id. */
function attachment(world: World, kind: Attachment["kind"], { params, files }: IncomingCall): Attachment {
  const reference = String(params[kind] ?? "");
  const upload = files.get(reference.startsWith("attach://") ? reference.slice("attach://".length) : kind);
  if (upload) return store(world, kind, upload);
  if (reference === "") throw badRequest(`There is no ${kind} in the request`);
  const known = world.files.get(reference);
  if (!known) throw badRequest("Wrong file identifier/HTTP URL specified");
  return { kind, fileId: known.fileId, name: known.name, mimeType: known.mimeType, size: known.bytes.byteLength };
}

function store(world: World, kind: Attachment["kind"], upload: { name: string; mimeType: string; bytes: Uint8Array }) {
  if (upload.bytes.byteLength === 0) throw badRequest("File must be non-empty");
  if (upload.bytes.byteLength > maxUploadBytes) throw new ApiError(413, "Request Entity Too Large");
  return world.files.store(upload, kind);
}

/** Puts a message of the bot into the chat, after every check, so that a refused call leaves nothing behind. */
function post(world: World, target: Target, content: () => Partial<Draft> & { text: string }): unknown {
  const chat = world.chats.findToWrite(target.chat_id);
  const keyboard = checkKeyboard(target.reply_markup, chat.info.type);
  const replyTo = repliedMessage(chat, target);
  const threadId = chat.threadFor(target.message_thread_id) ?? replyTo?.threadId;
  const message = chat.post({
    ...content(),
    from: author(world),
    date: unixTime(world),
    keyboard,
    silent: target.disable_notification,
    ...(replyTo && { replyToId: replyTo.id }),
    ...(threadId !== undefined && { threadId }),
  });
  return messageObject(chat, message);
}

function repliedMessage(chat: Chat, { reply_parameters: reply }: Target) {
  if (reply === undefined) return undefined;
  if (reply.allow_sending_without_reply) return chat.message(reply.message_id);
  return findMessage(chat, reply.message_id, "message to be replied");
}

/** The bot as the author of its messages: the public part of `getMe`. */
function author({ bot: { id, is_bot, first_name, username } }: World) {
  return { id, is_bot, first_name, username };
}
