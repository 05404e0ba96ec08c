import { z } from "zod";
import { badRequest } from "./api-error.ts";
import { checkLink } from "./links.ts";
import type { MessageEntity } from "./wire.ts";

/** Types a bot may set. The rest is found by Telegram itself, and ignored where a bot names it. */
const settable = new Set([
  "bold",
  "italic",
  "underline",
  "strikethrough",
  "spoiler",
  "blockquote",
  "expandable_blockquote",
  "code",
  "pre",
  "text_link",
]);
const found = new Set(["mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"]);

const GivenEntity = z.object({
  type: z.string(),
  offset: z.int(),
  length: z.int(),
  url: z.string().optional(),
  language: z.string().optional(),
});
export const GivenEntities = z.array(GivenEntity);

/** The entities of a call, refused as Telegram refuses them: every one must lie inside the text, between whole symbols. */
export function checkEntities(text: string, given: readonly z.infer<typeof GivenEntity>[]): MessageEntity[] {
  return given.filter(isSettable).map((entity) => {
    checkBounds(text, entity);
    if (entity.type === "text_link") checkLink("Entity", entity.url ?? "");
    return entity;
  });
}

function isSettable({ type, length }: MessageEntity): boolean {
  if (found.has(type)) return false;
  if (!settable.has(type)) throw badRequest("Can't parse MessageEntity: Unsupported type specified");
  return length !== 0;
}

function checkBounds(text: string, { offset, length }: MessageEntity): void {
  const end = offset + length;
  if (offset < 0) throw badRequest(`Receive an entity with incorrect offset ${offset}`);
  if (length < 0) throw badRequest(`Receive an entity with incorrect length ${length}`);
  if (offset > text.length) {
    throw badRequest(`Entity begins after the end of the text at UTF-16 offset ${offset}`);
  }
  if (end > text.length) {
    throw badRequest(
      `Entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${end}`,
    );
  }
  if (splitsSymbol(text, offset)) {
    throw badRequest(`Entity begins in a middle of a UTF-16 symbol at byte offset ${bytesBefore(text, offset + 1)}`);
  }
  if (splitsSymbol(text, end)) {
    const place = `in a middle of a UTF-16 symbol at byte offset ${bytesBefore(text, end + 1)}`;
    throw badRequest(`Entity beginning at UTF-16 offset ${offset} ends ${place}`);
  }
}

function splitsSymbol(text: string, offset: number): boolean {
  return /[\uD800-\uDBFF]/.test(text.charAt(offset - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(offset));
}

function bytesBefore(text: string, offset: number): number {
  return Buffer.byteLength(text.slice(0, offset));
}

/** What Telegram marks in any text by itself: commands, links and mentions. */
export function findEntities(text: string): MessageEntity[] {
  return [
    ...matches(text, "bot_command", /(?<![\w/<>])\/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@])/g),
    ...matches(text, "url", /https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}]/g),
    ...matches(text, "mention", /(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{2,31}(?!\w)/g),
  ];
}

function matches(text: string, type: string, pattern: RegExp): MessageEntity[] {
  return [...text.matchAll(pattern)].map((match) => ({ type, offset: match.index, length: match[0].length }));
}
