import type { Entity, RichText } from "./rich-text.ts";
import { visibleLine } from "./visible.ts";

/** What one message holds, in UTF-16 units: https://core.telegram.org/bots/api#sendmessage */
export const messageLimit = 4_096;

/** What the caption of a file holds. */
export const captionLimit = 1_024;

/** How long a character may be: the largest family of emoji is well within. */
const reach = 64;
const characters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The text as one short line of at most `limit` UTF-16 units. */
export function clipLine(text: string, limit: number): string {
  const line = visibleLine(text);
  return line.length <= limit ? line : `${line.slice(0, borderBefore(line, limit - 1)).trimEnd()}…`;
}

/** The beginning of a text, within the limit; entities end where it ends. */
export function clip(rich: RichText, limit: number = messageLimit): RichText {
  if (rich.text.length <= limit) return rich;
  const head = slice(rich, 0, borderBefore(rich.text, limit - 1));
  return { text: `${head.text}…`, entities: head.entities };
}

/**
 * The text in as few messages as it takes, cut between lines where possible. An entity across a cut goes on in the
 * next message with its language, so that a code block stays a code block.
 */
export function split(rich: RichText, limit: number = messageLimit): RichText[] {
  const parts: RichText[] = [];
  let from = 0;
  while (rich.text.length - from > limit) {
    const until = from + cutWithin(rich.text.slice(from, from + limit + reach), limit);
    parts.push(slice(rich, from, until));
    from = rich.text[until] === "\n" ? until + 1 : until;
  }
  parts.push(slice(rich, from, rich.text.length));
  const saying = parts.filter((part) => part.text.trim() !== "");
  return saying.length > 0 ? saying : [{ text: "…", entities: [] }];
}

/** At a line's end in the second half, else at a space there, else between two characters. */
function cutWithin(text: string, limit: number): number {
  for (const border of ["\n", " "]) {
    const at = text.lastIndexOf(border, limit);
    if (at > limit / 2) return border === "\n" ? at : Math.min(at + 1, limit);
  }
  return borderBefore(text, limit);
}

function slice({ text, entities }: RichText, from: number, until: number): RichText {
  const kept = entities.flatMap((entity): Entity[] => {
    const start = Math.max(entity.offset, from);
    const end = Math.min(entity.offset + entity.length, until);
    return end > start ? [{ ...entity, offset: start - from, length: end - start }] : [];
  });
  return { text: text.slice(from, until), entities: kept };
}

/** The last place at or before `limit` that does not cut through a character as people see it. */
function borderBefore(text: string, limit: number): number {
  if (limit >= text.length) return text.length;
  const start = Math.max(0, limit - reach);
  const window = text.slice(start, limit + reach);
  const cut = characters.segment(window).containing(limit - start)?.index ?? 0;
  return cut > 0 ? start + cut : surrogateBorder(text, limit);
}

function surrogateBorder(text: string, at: number): number {
  return /[\uDC00-\uDFFF]/.test(text[at] ?? "") ? at - 1 : at;
}
