import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import { AppError } from "../../core/error.ts";
import { assertCallsAnswered, type Conversation, type Entry, textOf } from "./conversation.ts";
import { parseBody } from "./parse-body.ts";
import {
  argumentsText,
  defaultUsage,
  newId,
  type Protocol,
  piecesOf,
  type Rendered,
  type ServerSentEvent,
} from "./protocol.ts";
import type { ModelUsage, Spoken, ToolCall } from "./script.ts";

/** The Anthropic Messages API, https://docs.anthropic.com/en/api/messages. */
export const messages: Protocol = { api: "messages", read, answer, failure };

const TextBlock = z.looseObject({ type: z.literal("text"), text: z.string().min(1) });
const Content = z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]);

const Block = z.union([
  TextBlock,
  z.looseObject({
    type: z.literal("tool_use"),
    id: z.string(),
    name: z.string(),
    input: z.record(z.string(), z.unknown()),
  }),
  z.looseObject({ type: z.literal("tool_result"), tool_use_id: z.string(), content: Content.optional() }),
  z.looseObject({ type: z.enum(["image", "document", "thinking", "redacted_thinking"]) }),
]);
type Block = z.infer<typeof Block>;

const Message = z.looseObject({
  role: z.enum(["user", "assistant"]),
  content: z.union([z.string().min(1), z.array(Block).min(1)]),
});
type Message = z.infer<typeof Message>;

const Body = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.number().int().positive(),
  system: z.union([z.string(), z.array(TextBlock)]).optional(),
  messages: z.array(Message).min(1),
  tools: z.array(z.looseObject({ name: z.string().min(1).max(128), input_schema: z.unknown() })).optional(),
  stream: z.boolean().optional(),
});
const CountedBody = Body.omit({ max_tokens: true });

function read(raw: unknown, headers: IncomingHttpHeaders): Conversation {
  requireVersion(headers);
  const body = parseBody(Body, raw);
  const system: Entry[] = body.system === undefined ? [] : [{ role: "instructions", text: textOf(body.system) }];
  const entries = [...system, ...body.messages.flatMap(entriesOf)];
  assertCallsAnswered(entries);
  const toolNames = (body.tools ?? []).map(({ name }) => name);
  return { model: body.model, isStream: body.stream ?? false, isUsageStreamed: true, toolNames, entries };
}

/** Answers `POST /v1/messages/count_tokens` with a guess that grows with the text. */
export function countTokens(raw: unknown, headers: IncomingHttpHeaders): { input_tokens: number } {
  requireVersion(headers);
  return { input_tokens: Math.ceil(JSON.stringify(parseBody(CountedBody, raw).messages).length / 4) };
}

function requireVersion(headers: IncomingHttpHeaders): void {
  if (!headers["anthropic-version"]) throw new AppError("bad-input", "anthropic-version: header is required");
}

function entriesOf({ role, content }: Message): Entry[] {
  const blocks: readonly Block[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  if (role === "assistant") {
    return [{ role: "assistant", callIds: blocks.flatMap((block) => (isCall(block) ? [block.id] : [])) }];
  }
  const results = blocks.filter(isResult);
  const text = textOf(blocks.filter(isText)).replace(reminders, "").trim();
  return [
    ...results.map((block) => ({ role: "tool" as const, callId: block.tool_use_id, text: textOf(block.content) })),
    ...(text === "" ? [] : [{ role: "user" as const, text }]),
  ];
}

const isText = (block: Block): block is z.infer<typeof TextBlock> => block.type === "text";
const isCall = (block: Block): block is Extract<Block, { type: "tool_use" }> => block.type === "tool_use";
const isResult = (block: Block): block is Extract<Block, { type: "tool_result" }> => block.type === "tool_result";

/** Claude Code adds remarks of its own to what the person said and to tool results: they are no prompt. */
const reminders = /<system-reminder>[\s\S]*?<\/system-reminder>/g;

function answer({ model }: Conversation, { text, toolCalls = [], usage = defaultUsage }: Spoken): Rendered {
  const content = [...(text === undefined ? [] : [{ type: "text" as const, text }]), ...toolCalls.map(toolUse)];
  const message = { id: newId("msg_"), type: "message", role: "assistant", model, stop_sequence: null };
  const stop_reason = toolCalls.length > 0 ? "tool_use" : "end_turn";
  const spent = usageOf(usage);
  const begun = { ...message, content: [], stop_reason: null, usage: { ...spent, output_tokens: 1 } };
  const events = [
    { type: "message_start", message: begun },
    ...content.flatMap((block, index) => blockEvents(block).map((event) => ({ ...event, index }))),
    { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: spent },
    { type: "message_stop" },
  ];
  return {
    json: { ...message, content: content.map(parsedInput), stop_reason, usage: spent },
    events: events.map(named),
  };
}

function toolUse(call: ToolCall) {
  if ("input" in call) throw new AppError("bad-input", "Freeform tools are scripted for the Responses API only.");
  return { type: "tool_use" as const, id: newId("toolu_"), name: call.name, inputText: argumentsText(call) };
}

type OutputBlock = { readonly type: "text"; readonly text: string } | ReturnType<typeof toolUse>;

interface StreamEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

function blockEvents(block: OutputBlock): StreamEvent[] {
  const deltas =
    block.type === "text"
      ? piecesOf(block.text).map((text) => ({ type: "text_delta", text }))
      : [{ type: "input_json_delta", partial_json: block.inputText }];
  const empty =
    block.type === "text"
      ? { type: "text", text: "" }
      : { type: "tool_use", id: block.id, name: block.name, input: {} };
  return [
    { type: "content_block_start", content_block: empty },
    ...deltas.map((delta) => ({ type: "content_block_delta", delta })),
    { type: "content_block_stop" },
  ];
}

/** Outside a stream the input is JSON within JSON; what is broken there can only be sent as a string. */
function parsedInput(block: OutputBlock): object {
  if (block.type === "text") return block;
  const { inputText, ...rest } = block;
  try {
    return { ...rest, input: JSON.parse(inputText) };
  } catch {
    return { ...rest, input: inputText };
  }
}

function named(event: StreamEvent): ServerSentEvent {
  return { name: event.type, data: event };
}

/** Here, other than with OpenAI, cached tokens are counted beside the input tokens. */
function usageOf({ inputTokens, cachedInputTokens, outputTokens }: ModelUsage) {
  return {
    input_tokens: inputTokens - cachedInputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedInputTokens,
    output_tokens: outputTokens,
  };
}

function failure(status: number, message: string): unknown {
  return {
    type: "error",
    error: { type: types[status] ?? (status >= 500 ? "api_error" : "invalid_request_error"), message },
  };
}

const types: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  429: "rate_limit_error",
  529: "overloaded_error",
};
