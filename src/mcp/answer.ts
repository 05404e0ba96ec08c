import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { AppError, sentenceOf } from "../core/error.ts";

/** What a tool answers with: the same for programs and, as text, for clients that read only that. */
export function answer(structuredContent: Record<string, unknown>, text?: string): CallToolResult {
  return { structuredContent, content: [{ type: "text", text: text ?? JSON.stringify(structuredContent, null, 2) }] };
}

/** A failure is an answer in words, which the agent can act on; what is no failure of ours goes to the client's log. */
export async function inWords(
  note: (text: string) => void,
  work: () => Promise<CallToolResult>,
): Promise<CallToolResult> {
  try {
    return await work();
  } catch (error) {
    const named = nameFailure(error);
    if (!(named instanceof AppError)) note(named instanceof Error ? (named.stack ?? named.message) : String(named));
    return { isError: true, content: [{ type: "text", text: sentenceOf(named).sentence }] };
  }
}

/** While Redis is away, commands fail at once and without a name of ours. */
export function nameFailure(error: unknown): unknown {
  const isAway =
    error instanceof Error &&
    /Stream isn't writeable|MaxRetriesPerRequest|Connection is closed/.test(`${error.name} ${error.message}`);
  if (!isAway) return error;
  return new AppError("redis-unavailable", "Redis does not answer now, so nothing was done. Try again in a moment.", {
    cause: error,
  });
}
