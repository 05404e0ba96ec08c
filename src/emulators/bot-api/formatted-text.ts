import type { z } from "zod";
import { badRequest } from "./api-error.ts";
import { checkEntities, findEntities, type GivenEntities } from "./entities.ts";
import { parseHtml } from "./html.ts";
import type { FormattedText, MessageEntity } from "./wire.ts";

/** Before anything is read of it; markup counts. */
const maxInputBytes = 32_768;

export interface GivenText {
  readonly text: string;
  readonly parseMode?: string | undefined;
  readonly entities?: z.infer<typeof GivenEntities> | undefined;
}

/** What becomes of the text of a call: markup read, blank ends cut, Telegram's own findings added. */
export function formattedText(given: GivenText): FormattedText {
  if (Buffer.byteLength(given.text) > maxInputBytes) throw badRequest("Text is too long");
  const { text, entities } = trim(clean(read(given)));
  const marked = entities.filter(({ length }) => length > 0);
  const additions = findEntities(text).filter((one) => !marked.some((other) => isOpaque(other) && overlap(one, other)));
  return { text, entities: [...marked, ...additions].sort((a, b) => a.offset - b.offset || b.length - a.length) };
}

function read({ text, parseMode, entities = [] }: GivenText): FormattedText {
  switch (parseMode?.toLowerCase()) {
    case undefined:
    case "":
    case "none":
      return { text, entities: checkEntities(text, entities) };
    case "html":
      return parseHtml(text);
    case "markdown":
    case "markdownv2":
      throw badRequest("This Bot API emulator reads HTML and entities, not Markdown");
    default:
      throw badRequest("Unsupported parse_mode");
  }
}

/** Control characters become spaces; a line feed stays. */
function clean({ text, entities }: FormattedText): FormattedText {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return { text: text.replace(/[\u0000-\u0009\u000B-\u001F]/g, " "), entities };
}

/** Blanks go from the end, and from the beginning as far as no entity begins there. */
function trim({ text, entities }: FormattedText): FormattedText {
  const end = text.trimEnd().length;
  const firstEntity = Math.min(end, ...entities.map(({ offset }) => offset));
  const blanks = /^[ \n]*/.exec(text.slice(0, firstEntity))?.[0].length ?? 0;
  const inside = entities.filter(({ offset }) => offset < end);
  return { text: text.slice(blanks, end), entities: inside.map((entity) => shift(entity, blanks, end)) };
}

function shift(entity: MessageEntity, blanks: number, end: number): MessageEntity {
  const length = Math.min(entity.length, end - entity.offset);
  return { ...entity, offset: entity.offset - blanks, length };
}

function isOpaque({ type }: MessageEntity): boolean {
  return type === "code" || type === "pre" || type === "text_link";
}

function overlap(one: MessageEntity, other: MessageEntity): boolean {
  return one.offset < other.offset + other.length && other.offset < one.offset + one.length;
}
