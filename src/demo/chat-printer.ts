import type { ChatMessage } from "../emulators/bot-api/chat.ts";
import type { Stage } from "./stage.ts";

/** Tells the chat as it goes, one line after the other: of an edited message only what is new. Returns how to stop it. */
export function printChat({ botApi, ann }: Stage, print: (line: string) => void): () => void {
  const told = new Map<number, Set<string>>();
  const tell = () => {
    for (const message of ann.chat.messages) {
      const lines = told.get(message.id) ?? new Set<string>();
      const news = linesOf(message).filter((line) => !lines.has(essence(line)));
      for (const line of linesOf(message)) lines.add(essence(line));
      told.set(message.id, lines);
      for (const [index, line] of news.entries()) print(`${index === 0 ? nameOf(message) : ""}`.padEnd(12) + line);
    }
  };
  tell();
  return botApi.onChange(tell);
}

function linesOf({ text, keyboard, attachment }: ChatMessage): string[] {
  const buttons = keyboard.map((row) => row.map((button) => `[${button.text}]`).join(" "));
  const file = attachment === undefined ? [] : [`(file ${attachment.name}, ${attachment.size} bytes)`];
  return [...text.split("\n"), ...file, ...buttons].filter((line) => line.trim() !== "");
}

/** Clocks and counters change with every edit and are no news. */
function essence(line: string): string {
  return line.replace(/\d+/g, "#");
}

function nameOf({ from }: ChatMessage): string {
  return from.first_name;
}
