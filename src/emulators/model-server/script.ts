import type { IncomingHttpHeaders } from "node:http";

/** What a script sees of a request, whichever of the three APIs carried it. */
export interface ModelRequest {
  readonly api: "responses" | "chat" | "messages";
  readonly model: string;
  /** How many answers of the model the conversation holds so far. It is read from the request, so a restart changes nothing. */
  readonly turn: number;
  /** The same, counted from the newest user message: the next prompt of a resumed conversation begins at 0 again. */
  readonly turnOfPrompt: number;
  /** System and developer messages. */
  readonly instructions: string;
  /** The newest user message. */
  readonly userText: string;
  readonly toolNames: readonly string[];
  readonly toolResults: readonly ToolResult[];
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface ToolResult {
  readonly callId: string;
  readonly text: string;
}

/** What the model does next. Everything but words and tool calls is a way in which real services fail. */
export type ModelAnswer = (Spoken | Refused | Hang | Garbage | DroppedConnection) & { readonly delayMs?: number };

export interface Spoken {
  readonly text?: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly usage?: ModelUsage;
}

/** Arguments given as a string are sent as they are, broken JSON included. `input` calls a freeform (custom) tool. */
export type ToolCall =
  | { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> | string }
  | { readonly name: string; readonly input: string };

/** Cached tokens are a part of the input tokens. */
export interface ModelUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
}

export interface Refused {
  readonly status: number;
  readonly retryAfterSeconds?: number;
  readonly message?: string;
}

/** The answer begins and never ends. */
export interface Hang {
  readonly hang: true;
}

/** The answer begins and goes on with something that is not JSON. */
export interface Garbage {
  readonly garbage: true;
}

/** The answer begins and the connection is lost. */
export interface DroppedConnection {
  readonly dropConnection: true;
}

/** The signal fires when the client has gone away or the server closes. */
export type Script = (request: ModelRequest, signal: AbortSignal) => ModelAnswer | Promise<ModelAnswer>;

/**
 * Answers turn by turn, each conversation by itself. `by: "prompt"` begins again at every user message, which suits
 * conversations that are resumed with the same task.
 */
export function sequence(
  answers: readonly (ModelAnswer | Script)[],
  { by = "conversation" }: { readonly by?: "conversation" | "prompt" } = {},
): Script {
  return (request, signal) => {
    const turn = by === "prompt" ? request.turnOfPrompt : request.turn;
    const answer = answers[turn] ?? { status: 400, message: `The script has no answer for turn ${turn}.` };
    return typeof answer === "function" ? answer(request, signal) : answer;
  };
}
