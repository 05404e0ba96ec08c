import type { IncomingHttpHeaders } from "node:http";
import { AppError } from "../../core/error.ts";
import type { ModelRequest } from "./script.ts";

/** What the three APIs have in common: who said what, in order. */
export interface Conversation {
  readonly model: string;
  readonly isStream: boolean;
  /** Whether a stream tells its usage: one of the APIs does so only when asked. */
  readonly isUsageStreamed: boolean;
  readonly toolNames: readonly string[];
  readonly entries: readonly Entry[];
}

export type Entry =
  | { readonly role: "instructions" | "user"; readonly text: string }
  | { readonly role: "assistant"; readonly callIds: readonly string[] }
  | { readonly role: "tool"; readonly callId: string; readonly text: string };

/** What a script is shown of a conversation. */
export function viewOf(
  conversation: Conversation,
  { api, headers, body }: { api: ModelRequest["api"]; headers: IncomingHttpHeaders; body: unknown },
): ModelRequest {
  const { entries } = conversation;
  const promptAt = entries.findLastIndex(({ role }) => role === "user");
  return {
    api,
    model: conversation.model,
    turn: countTurns(entries),
    turnOfPrompt: countTurns(entries.slice(promptAt + 1)),
    instructions: entries.flatMap((entry) => (entry.role === "instructions" ? [entry.text] : [])).join("\n"),
    userText: entries.flatMap((entry) => (entry.role === "user" ? [entry.text] : [])).at(-1) ?? "",
    toolNames: conversation.toolNames,
    toolResults: entries.flatMap((entry) =>
      entry.role === "tool" ? [{ callId: entry.callId, text: entry.text }] : [],
    ),
    headers,
    body,
  };
}

/** One answer may be several entries (words, then calls), so a turn is a run of them. */
function countTurns(entries: readonly Entry[]): number {
  return entries.filter(({ role }, index) => role === "assistant" && entries[index - 1]?.role !== "assistant").length;
}

/** The real services refuse a conversation in which a tool call has no result, or a result no call. */
export function assertCallsAnswered(entries: readonly Entry[]): void {
  const open = new Set<string>();
  for (const entry of entries) {
    if (entry.role === "user" && open.size > 0) break;
    if (entry.role === "assistant") for (const callId of entry.callIds) open.add(callId);
    if (entry.role === "tool" && !open.delete(entry.callId)) {
      throw new AppError("bad-input", `No tool call found for the tool result with id ${entry.callId}.`);
    }
  }
  const [unanswered] = open;
  if (unanswered !== undefined) throw new AppError("bad-input", `No tool result found for tool call ${unanswered}.`);
}

/** The text of a content that is a string or a list of parts, of which some are text. */
export function textOf(content: string | readonly { readonly text?: string | undefined }[] | null | undefined): string {
  if (typeof content === "string") return content;
  return (content ?? []).flatMap(({ text }) => text ?? []).join("\n");
}
