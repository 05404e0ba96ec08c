import { visibleText } from "../platform/visible-text.ts";

/** Text of others on one line of a terminal: nothing in it moves the cursor or hides itself. */
export function printable(text: string): string {
  return visibleText(text).replace(/[\n\t]/g, " ");
}

/** The same, at most `length` characters of it. */
export function clipped(text: string, length: number): string {
  const line = printable(text.trim());
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
