import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Conversation } from "./conversation.ts";
import type { ModelRequest, ModelUsage, Spoken, ToolCall } from "./script.ts";

/** One of the three APIs: how it is read and how it answers. Nothing in it touches a socket. */
export interface Protocol {
  readonly api: ModelRequest["api"];
  /** Throws an AppError `bad-input` where the real service would answer 400. */
  read(body: unknown, headers: IncomingHttpHeaders): Conversation;
  answer(conversation: Conversation, spoken: Spoken): Rendered;
  failure(status: number, message: string): unknown;
}

/** The same answer in both forms; which is sent depends on the request. */
export interface Rendered {
  readonly json: unknown;
  readonly events: readonly ServerSentEvent[];
}

export interface ServerSentEvent {
  readonly name?: string;
  /** Sent as JSON, but for a string, which is sent as it is. */
  readonly data: unknown;
}

export const defaultUsage: ModelUsage = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 20 };

/** Ids are random, so that they never meet again after the server was restarted. */
export function newId(prefix: string): string {
  return prefix + randomUUID().replaceAll("-", "");
}

export function argumentsText(call: Extract<ToolCall, { arguments: unknown }>): string {
  return typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments);
}

/** Text comes in pieces, as from a real model. */
export function piecesOf(text: string): string[] {
  return text.match(/[\s\S]{1,40}/gu) ?? [];
}
