import { z } from "zod";
import { badRequest } from "../api-error.ts";
import { CommandScope } from "../commands.ts";
import { ChatId, Flag, Integer, Json, Text } from "../params.ts";
import { method } from "./method.ts";

const maxToastLength = 200;
const maxCommands = 100;
const maxDescriptionLength = 256;

export const getMe = method(z.object({}), (world) => world.bot);

export const answerCallbackQuery = method(
  z.object({
    callback_query_id: Text.default(""),
    text: Text.optional(),
    show_alert: Flag,
    url: z.string().optional(),
  }),
  (world, { callback_query_id, text, show_alert, url }) => {
    if ((text?.length ?? 0) > maxToastLength) throw badRequest("MESSAGE_TOO_LONG");
    world.taps.answer(callback_query_id, { text, showAlert: show_alert, url });
    return true;
  },
);

const chatActions = new Set([
  "typing",
  "upload_photo",
  "record_video",
  "upload_video",
  "record_voice",
  "upload_voice",
  "upload_document",
  "choose_sticker",
  "find_location",
  "record_video_note",
  "upload_video_note",
]);

/** Typing has a topic too, and unlike a message it may name General, which is number 1. */
export const sendChatAction = method(
  z.object({ chat_id: ChatId.optional(), action: z.string().default(""), message_thread_id: Integer.optional() }),
  (world, { chat_id, action, message_thread_id }) => {
    if (!chatActions.has(action)) throw badRequest("Wrong parameter action in request");
    const chat = world.chats.findToWrite(chat_id);
    if (message_thread_id !== 1) chat.threadFor(message_thread_id);
    chat.showActivity(action, world.now());
    return true;
  },
);

const CommandAddress = z.object({
  scope: Json(CommandScope).default({ type: "default" }),
  language_code: z.string().default(""),
});

export const setMyCommands = method(
  CommandAddress.extend({ commands: Json(z.array(z.object({ command: Text, description: Text }))).default([]) }),
  (world, { commands, scope, language_code }) => {
    const checked = commands.map(checkCommand);
    if (checked.length > maxCommands) throw badRequest("BOT_COMMANDS_TOO_MUCH");
    world.commands.set(scope, language_code, checked);
    return true;
  },
);

export const getMyCommands = method(CommandAddress, (world, { scope, language_code }) =>
  world.commands.get(scope, language_code),
);

export const deleteMyCommands = method(CommandAddress, (world, { scope, language_code }) => {
  world.commands.set(scope, language_code, []);
  return true;
});

function checkCommand(given: { command: string; description: string }) {
  const command = given.command.trim().replace(/^\//, "");
  const description = given.description.trim();
  if (command === "") throw badRequest("Command must be non-empty");
  if (command.length > 32) throw badRequest("Command length must not exceed 32");
  if (!/^[a-z0-9_]+$/.test(command)) throw badRequest("BOT_COMMAND_INVALID");
  if (description === "") throw badRequest("Command description must be non-empty");
  if (description.length > maxDescriptionLength) {
    throw badRequest(`Command description length must not exceed ${maxDescriptionLength}`);
  }
  return { command, description };
}
