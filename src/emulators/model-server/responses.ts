import { z } from "zod";
import { assertCallsAnswered, type Conversation, type Entry, textOf } from "./conversation.ts";
import { openAiFailure } from "./openai-failure.ts";
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

/** The OpenAI Responses API, https://platform.openai.com/docs/api-reference/responses, as far as agents use it. */
export const responses: Protocol = { api: "responses", read, answer, failure: openAiFailure };

const Content = z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]);
const callId = z.string().min(1).max(64);

const Item = z.union([
  z.looseObject({
    type: z.literal("message").optional(),
    role: z.enum(["user", "assistant", "system", "developer"]),
    content: Content,
  }),
  z.discriminatedUnion("type", [
    z.looseObject({
      type: z.literal("function_call"),
      call_id: callId,
      name: z.string().min(1),
      arguments: z.string(),
    }),
    z.looseObject({ type: z.literal("function_call_output"), call_id: callId, output: Content }),
    z.looseObject({ type: z.literal("custom_tool_call"), call_id: callId, name: z.string().min(1), input: z.string() }),
    z.looseObject({ type: z.literal("custom_tool_call_output"), call_id: callId, output: Content }),
    z.looseObject({ type: z.literal("reasoning"), summary: z.array(z.unknown()) }),
    z.looseObject({ type: z.literal("item_reference"), id: z.string() }),
  ]),
]);
type Item = z.infer<typeof Item>;

const Tool = z.union([
  z.looseObject({
    type: z.literal("function"),
    name: z.string().regex(/^[\w-]{1,64}$/),
    parameters: z.looseObject({ type: z.literal("object") }).nullish(),
  }),
  /** Freeform tools, and those the service brings along, which may have no name. */
  z.looseObject({ type: z.string().regex(/^(?!function$)/), name: z.string().optional() }),
]);

const Body = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(Item).min(1)]),
  instructions: z.string().nullish(),
  tools: z.array(Tool).nullish(),
  stream: z.boolean().nullish(),
  previous_response_id: z.null("this server keeps no state: send the whole conversation").optional(),
});

function read(raw: unknown): Conversation {
  const body = parseBody(Body, raw);
  const items: Entry[] =
    typeof body.input === "string" ? [{ role: "user", text: body.input }] : body.input.map(entryOf);
  assertCallsAnswered(items);
  const instructions: Entry[] = body.instructions ? [{ role: "instructions", text: body.instructions }] : [];
  return {
    model: body.model,
    isStream: body.stream ?? false,
    isUsageStreamed: true,
    toolNames: (body.tools ?? []).map(({ name, type }) => name ?? type),
    entries: [...instructions, ...items],
  };
}

function entryOf(item: Item): Entry {
  switch (item.type) {
    case undefined:
    case "message":
      if (item.role === "assistant") return { role: "assistant", callIds: [] };
      return { role: item.role === "user" ? "user" : "instructions", text: textOf(item.content) };
    case "function_call":
    case "custom_tool_call":
      return { role: "assistant", callIds: [item.call_id] };
    case "function_call_output":
    case "custom_tool_call_output":
      return { role: "tool", callId: item.call_id, text: textOf(item.output) };
    case "reasoning":
      return { role: "assistant", callIds: [] };
    case "item_reference":
      return { role: "assistant", callIds: referencedCall(item.id) };
  }
}

/** A stored call may be sent back by its item's id alone; ours carry the call's id, so no store is needed. */
function referencedCall(itemId: string): string[] {
  const [, random] = /^(?:fc|ctc)_(.+)$/.exec(itemId) ?? [];
  return random ? [`call_${random}`] : [];
}

function answer({ model }: Conversation, { text, toolCalls = [], usage = defaultUsage }: Spoken): Rendered {
  const output = [...(text === undefined ? [] : [messageItem(text)]), ...toolCalls.map(callItem)];
  const response = { id: newId("resp_"), object: "response", created_at: Math.floor(Date.now() / 1000), model };
  const begun = { ...response, ...quietFields, status: "in_progress", output: [], usage: null };
  const done = { ...response, ...quietFields, status: "completed", output, usage: usageOf(usage) };
  const events = [
    { type: "response.created", response: begun },
    ...output.flatMap((item, index) => itemEvents(item).map((event) => ({ ...event, output_index: index }))),
    { type: "response.completed", response: done },
  ];
  return { json: done, events: events.map(numbered) };
}

const quietFields = {
  error: null,
  incomplete_details: null,
  instructions: null,
  metadata: {},
  parallel_tool_calls: true,
  tool_choice: "auto",
  tools: [],
};

function messageItem(text: string) {
  const content = [{ type: "output_text" as const, text, annotations: [] }];
  return { type: "message" as const, id: newId("msg_"), status: "completed", role: "assistant", content };
}

function callItem(call: ToolCall) {
  const id = newId("");
  const common = { call_id: `call_${id}`, name: call.name, status: "completed" };
  return "input" in call
    ? { type: "custom_tool_call" as const, id: `ctc_${id}`, input: call.input, ...common }
    : { type: "function_call" as const, id: `fc_${id}`, arguments: argumentsText(call), ...common };
}

type OutputItem = ReturnType<typeof messageItem> | ReturnType<typeof callItem>;

interface StreamEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

function itemEvents(item: OutputItem): StreamEvent[] {
  const added = (empty: object) => ({
    type: "response.output_item.added",
    item: { ...item, status: "in_progress", ...empty },
  });
  const done = { type: "response.output_item.done", item };
  const its = { item_id: item.id };
  switch (item.type) {
    case "message":
      return [added({ content: [] }), ...textEvents(item), done];
    case "function_call":
      return [
        added({ arguments: "" }),
        { type: "response.function_call_arguments.delta", ...its, delta: item.arguments },
        { type: "response.function_call_arguments.done", ...its, arguments: item.arguments },
        done,
      ];
    case "custom_tool_call":
      return [
        added({ input: "" }),
        { type: "response.custom_tool_call_input.delta", ...its, delta: item.input },
        { type: "response.custom_tool_call_input.done", ...its, input: item.input },
        done,
      ];
  }
}

function textEvents(item: ReturnType<typeof messageItem>): StreamEvent[] {
  const its = { item_id: item.id, content_index: 0 };
  const text = textOf(item.content);
  const [part] = item.content;
  return [
    { type: "response.content_part.added", ...its, part: { ...part, text: "" } },
    ...piecesOf(text).map((delta) => ({ type: "response.output_text.delta", ...its, delta })),
    { type: "response.output_text.done", ...its, text },
    { type: "response.content_part.done", ...its, part },
  ];
}

function numbered(event: StreamEvent, sequence: number): ServerSentEvent {
  return { name: event.type, data: { ...event, sequence_number: sequence } };
}

function usageOf({ inputTokens, cachedInputTokens, outputTokens }: ModelUsage) {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedInputTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: inputTokens + outputTokens,
  };
}
