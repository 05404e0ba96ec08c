import { z } from "zod";
import { badRequest } from "./api-error.ts";
import { checkLink } from "./links.ts";
import { Json, Text } from "./params.ts";
import type { InlineButton, Keyboard } from "./wire.ts";

const maxCallbackDataBytes = 64;
const maxButtons = 100;

const Button = z.object({
  text: z.string(),
  callback_data: Text.optional(),
  url: z.string().optional(),
  web_app: z.object({ url: z.string() }).optional(),
  copy_text: z.object({ text: z.string().min(1).max(256) }).optional(),
  style: z.enum(["danger", "success", "primary"]).optional(),
});

/** `reply_markup` of a call. Keyboards other than inline ones are accepted on sends and show nothing. */
export const ReplyMarkup = Json(
  z.object({
    inline_keyboard: z.array(z.array(Button)).optional(),
    keyboard: z.unknown().optional(),
    remove_keyboard: z.unknown().optional(),
    force_reply: z.unknown().optional(),
  }),
).optional();

export function checkKeyboard(markup: z.infer<typeof ReplyMarkup>, chatType: string): Keyboard {
  const rows = (markup?.inline_keyboard ?? []).filter((row) => row.length > 0);
  for (const button of rows.flat()) checkButton(button, chatType);
  if (rows.flat().length > maxButtons) throw badRequest("Reply markup is too long");
  return rows;
}

/** Edits take inline keyboards only. */
export function checkInlineKeyboard(markup: z.infer<typeof ReplyMarkup>, chatType: string): Keyboard {
  if (markup && (markup.keyboard || markup.remove_keyboard || markup.force_reply)) {
    throw badRequest("Inline keyboard expected");
  }
  return checkKeyboard(markup, chatType);
}

function checkButton({ text, callback_data, url, web_app, copy_text }: InlineButton, chatType: string): void {
  if (text.trim() === "") throw badRequest("Inline keyboard button text must be non-empty");
  if (url) {
    checkLink("Inline keyboard button", url);
  } else if (callback_data) {
    if (Buffer.byteLength(callback_data) > maxCallbackDataBytes) throw badRequest("BUTTON_DATA_INVALID");
  } else if (web_app) {
    checkWebApp(web_app.url, chatType);
  } else if (!copy_text) {
    throw badRequest("Can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  }
}

/** A Web App button works in private chats, and over TLS. */
function checkWebApp(url: string, chatType: string): void {
  if (chatType !== "private") throw badRequest("BUTTON_TYPE_INVALID");
  if (!url.startsWith("https://")) {
    throw badRequest(`Inline keyboard button Web App URL '${url}' is invalid: Only HTTPS links are allowed`);
  }
}
