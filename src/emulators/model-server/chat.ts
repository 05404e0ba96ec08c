import { z } from "zod";
import { AppError } from "../../core/error.ts";
import { assertCallsAnswered, type Conversation, type Entry, textOf } from "./conversation.ts";
import { openAiFailure } from "./openai-failure.ts";
import { parseBody } from "./parse-body.ts";
import { argumentsText, defaultUsage, newId, type Protocol, piecesOf, type Rendered } from "./protocol.ts";
import type { ModelUsage, Spoken, ToolCall } from "./script.ts";

/** OpenAI Chat Completions, https://platform.openai.com/docs/api-reference/chat: what compatible services speak. */
export const chat: Protocol = { api: "chat", read, answer, failure: openAiFailure };

const Content = z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]);

const Call = z.looseObject({
  id: z.string().min(1),
  type: z.literal("function"),
  function: z.looseObject({ name: z.string().min(1), arguments: z.string() }),
});

const Message = z.discriminatedUnion("role", [
  z.looseObject({ role: z.enum(["system", "developer"]), content: Content }),
  z.looseObject({ role: z.literal("user"), content: Content }),
  z.looseObject({
    role: z.literal("assistant"),
    content: Content.nullish(),
    tool_calls: z.array(Call).min(1).optional(),
  }),
  z.looseObject({ role: z.literal("tool"), content: Content, tool_call_id: z.string().min(1) }),
]);
type Message = z.infer<typeof Message>;

const Tool = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({
    name: z.string().regex(/^[\w-]{1,64}$/),
    parameters: z.looseObject({ type: z.literal("object") }).optional(),
  }),
});

const Body = z.looseObject({
  model: z.string().min(1),
  messages: z.array(Message).min(1),
  tools: z.array(Tool).min(1).optional(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
});

function read(raw: unknown): Conversation {
  const body = parseBody(Body, raw);
  const entries = body.messages.map(entryOf);
  assertCallsAnswered(entries);
  return {
    model: body.model,
    isStream: body.stream ?? false,
    isUsageStreamed: body.stream_options?.include_usage ?? false,
    toolNames: (body.tools ?? []).map((tool) => tool.function.name),
    entries,
  };
}

function entryOf(message: Message): Entry {
  switch (message.role) {
    case "system":
    case "developer":
      return { role: "instructions", text: textOf(message.content) };
    case "user":
      return { role: "user", text: textOf(message.content) };
    case "assistant":
      return { role: "assistant", callIds: (message.tool_calls ?? []).map(({ id }) => id) };
    case "tool":
      return { role: "tool", callId: message.tool_call_id, text: textOf(message.content) };
  }
}

function answer({ model, isUsageStreamed }: Conversation, spoken: Spoken): Rendered {
  const { text, toolCalls = [] } = spoken;
  const common = { id: newId("chatcmpl-"), created: Math.floor(Date.now() / 1000), model };
  const tool_calls = toolCalls.map(callOf);
  const finish_reason = tool_calls.length > 0 ? "tool_calls" : "stop";
  const usage = usageOf(spoken.usage ?? defaultUsage);
  const message = { role: "assistant", content: text ?? null, ...(tool_calls.length > 0 && { tool_calls }) };

  const deltas = [
    { role: "assistant", content: "" },
    ...piecesOf(text ?? "").map((content) => ({ content })),
    ...tool_calls.map((call, index) => ({ tool_calls: [{ index, ...call }] })),
  ];
  const choices = [
    ...deltas.map((delta) => ({ index: 0, delta, finish_reason: null })),
    { index: 0, delta: {}, finish_reason },
  ];
  const chunk = { ...common, object: "chat.completion.chunk" };
  const usageChunk = isUsageStreamed ? [{ data: { ...chunk, choices: [], usage } }] : [];

  return {
    json: { ...common, object: "chat.completion", choices: [{ index: 0, message, finish_reason }], usage },
    events: [
      ...choices.map((choice) => ({ data: { ...chunk, choices: [choice] } })),
      ...usageChunk,
      { data: "[DONE]" },
    ],
  };
}

function callOf(call: ToolCall): z.infer<typeof Call> {
  if ("input" in call) throw new AppError("bad-input", "Freeform tools are scripted for the Responses API only.");
  return { id: newId("call_"), type: "function", function: { name: call.name, arguments: argumentsText(call) } };
}

function usageOf({ inputTokens, cachedInputTokens, outputTokens }: ModelUsage) {
  return {
    prompt_tokens: inputTokens,
    prompt_tokens_details: { cached_tokens: cachedInputTokens },
    completion_tokens: outputTokens,
    completion_tokens_details: { reasoning_tokens: 0 },
    total_tokens: inputTokens + outputTokens,
  };
}
