import { visibleText } from "../../platform/visible-text.ts";

/**
 * Text of others, fit for a chat: nothing hides in it or turns the direction of reading. Whole emoji stay as they are,
 * though some of them hold a joiner that would be suspicious anywhere else.
 */
export function visible(text: string): string {
  return text
    .split(emoji)
    .map((part, index) => (index % 2 === 1 ? part : visibleText(part)))
    .join("");
}

const emoji = /(\p{RGI_Emoji})/v;

/** The same on one line. */
export function visibleLine(text: string): string {
  return visible(text).replace(/\s+/g, " ").trim();
}
