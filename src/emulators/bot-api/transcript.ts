import type { Call } from "./call-log.ts";
import type { Chat, ChatMessage } from "./chat.ts";
import type { World } from "./world.ts";

const shownCalls = 12;

/** What a person would see in every chat, and what the bot did last: the picture that explains a wait in vain. */
export function transcript(world: World): string {
  const lastCalls = world.log.calls.filter(({ method }) => method !== "getUpdates").slice(-shownCalls);
  return [
    ...world.chats.all.flatMap((chat) => [`${chatName(chat)}:`, ...chat.messages.flatMap(messageLines)]),
    `Last calls: ${lastCalls.map(callWords).join(", ") || "none"}`,
    `Updates not confirmed by the bot: ${world.updates.pending.length}${world.updates.isPolled ? "" : "; nobody polls now"}`,
  ].join("\n");
}

function chatName({ info }: Chat): string {
  return info.type === "private" ? `Chat with ${info.first_name} (${info.id})` : `Group "${info.title}" (${info.id})`;
}

function messageLines(message: ChatMessage): string[] {
  const marks = [
    message.threadId !== undefined && `topic ${message.threadId}`,
    message.versions.length > 1 && `edited ${message.versions.length - 1}×`,
    message.silent && "silent",
    message.attachment && `${message.attachment.kind} ${message.attachment.name}`,
    !message.reachedBot && "kept from the bot by privacy mode",
  ].filter(Boolean);
  const head = `  #${message.id} ${message.from.first_name}${marks.length > 0 ? ` (${marks.join(", ")})` : ""}: `;
  const rows = message.keyboard.map((row) => `      ${row.map(({ text }) => `[${text}]`).join(" ")}`);
  return [head + indent(message.service ? JSON.stringify(message.service) : message.text), ...rows];
}

function indent(text: string): string {
  return text.replaceAll("\n", "\n      ");
}

function callWords({ method, outcome, refusal }: Call): string {
  return `${method} ${outcome ?? "…"}${refusal ? ` "${refusal}"` : ""}`;
}
