import {
  deleteMessage,
  editMessageCaption,
  editMessageReplyMarkup,
  editMessageText,
  pinChatMessage,
  setMessageReaction,
  unpinChatMessage,
} from "./change.ts";
import { deleteWebhook, getFile, getUpdates, getWebhookInfo, setWebhook } from "./fetch.ts";
import type { Method } from "./method.ts";
import { sendDocument, sendMessage, sendPhoto } from "./send.ts";
import { answerCallbackQuery, deleteMyCommands, getMe, getMyCommands, sendChatAction, setMyCommands } from "./talk.ts";

const methods: Readonly<Record<string, Method>> = {
  answerCallbackQuery,
  deleteMessage,
  deleteMyCommands,
  deleteWebhook,
  editMessageCaption,
  editMessageReplyMarkup,
  editMessageText,
  getFile,
  getMe,
  getMyCommands,
  getUpdates,
  getWebhookInfo,
  pinChatMessage,
  sendChatAction,
  sendDocument,
  sendMessage,
  sendPhoto,
  setMessageReaction,
  setMyCommands,
  setWebhook,
  unpinChatMessage,
};

const byLowerCaseName = new Map(Object.entries(methods).map(([name, run]) => [name.toLowerCase(), { name, run }]));

/** Telegram does not mind the case of a method's name. */
export function findMethod(name: string): { readonly name: string; readonly run: Method } | undefined {
  return byLowerCaseName.get(name.toLowerCase());
}
