import type { Content, Message } from "../message.ts";
import { clip } from "../text/cut.ts";
import { bold, paragraphs } from "../text/rich-text.ts";

const buttonsInRow = 2;

/** Several results in one message that rings once. Each is told in its short form, with its buttons below. */
export function renderTogether(messages: readonly Message[]): Message {
  const [first] = messages;
  if (first === undefined) throw new TypeError("Nothing to tell.");
  const shorts = messages.map(({ short, content }) => short ?? content);
  const text = clip(paragraphs(bold(`${messages.length} jobs have ended`), ...shorts));
  const buttons = shorts.flatMap(({ keyboard = [] }) => keyboard.flat());
  const content: Content = buttons.length > 0 ? { ...text, keyboard: inRows(buttons) } : text;
  const { short: _, replyTo: __, ...message } = first;
  return { ...message, key: `together-${first.key}`, rings: messages.some(({ rings }) => rings), content };
}

function inRows<T>(buttons: readonly T[]): T[][] {
  const rowCount = Math.ceil(buttons.length / buttonsInRow);
  return Array.from({ length: rowCount }, (_, row) => buttons.slice(row * buttonsInRow, (row + 1) * buttonsInRow));
}
