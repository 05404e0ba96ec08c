import { describe, expect, test } from "vitest";
import type { ModelRequest, Script } from "../../src/emulators/model-server/script.ts";
import {
  type ModelServer,
  type ModelServerOptions,
  startModelServer,
} from "../../src/emulators/model-server/server.ts";

const done: Script = () => ({ text: "Done." });

const call = { type: "function", id: "call_1", function: { name: "look", arguments: "{}" } };
const use = { type: "tool_use", id: "toolu_1", name: "look", input: {} };

/** Bodies that the real services answer with 400, and a word of the reason. */
const refusals: readonly [reason: string, path: string, body: unknown, word: string][] = [
  ["no JSON", "/responses", undefined, "expected object"],
  ["no model", "/responses", { input: "Hi" }, "model"],
  ["no input", "/responses", { model: "m" }, "input"],
  [
    "a stored conversation",
    "/responses",
    { model: "m", input: "Hi", previous_response_id: "resp_1" },
    "keeps no state",
  ],
  ["an unknown item", "/responses", { model: "m", input: [{ type: "song" }] }, "input.0"],
  [
    "a result without a call",
    "/responses",
    { model: "m", input: [{ type: "function_call_output", call_id: "call_1", output: "x" }] },
    "No tool call found",
  ],
  [
    "a call without a result",
    "/responses",
    { model: "m", input: [{ type: "function_call", call_id: "call_1", name: "look", arguments: "{}" }] },
    "No tool result found",
  ],
  ["no messages", "/chat/completions", { model: "m", messages: [] }, "messages"],
  ["an unknown role", "/chat/completions", { model: "m", messages: [{ role: "boss", content: "Hi" }] }, "role"],
  [
    "a call without a result before the next prompt",
    "/chat/completions",
    {
      model: "m",
      messages: [
        { role: "assistant", tool_calls: [call] },
        { role: "user", content: "Hi" },
      ],
    },
    "No tool result found",
  ],
  ["no max_tokens", "/messages", { model: "m", messages: [{ role: "user", content: "Hi" }] }, "max_tokens"],
  [
    "an empty text",
    "/messages",
    { model: "m", max_tokens: 9, messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
    "messages.0.content",
  ],
  [
    "a use without a result",
    "/messages",
    { model: "m", max_tokens: 9, messages: [{ role: "assistant", content: [use] }] },
    "No tool result found",
  ],
];

describe("a model server", () => {
  test.each(refusals)("refuses %s (%s) in the provider's own form", async (_, path, body, word) => {
    await using server = await startModelServer({ script: done });

    const { status, json } = await post(server, path, body);

    expect(status).toBe(400);
    expect(json).toMatchObject({ error: { type: "invalid_request_error", message: expect.stringContaining(word) } });
    expect(server.requests[0]?.view).toBeUndefined();
  });

  test("demands the version header of the Messages API", async () => {
    await using server = await startModelServer({ script: done });

    const { status, json } = await post(server, "/messages", { model: "m" }, { "anthropic-version": "" });

    expect(status).toBe(400);
    expect(json).toMatchObject({ type: "error", error: { message: expect.stringContaining("anthropic-version") } });
  });

  test.each([
    ["/responses", { authorization: "Bearer wrong" }],
    ["/chat/completions", {}],
    ["/messages", { "x-api-key": "wrong" }],
  ])("with a key answers 401 to others at %s", async (path, headers) => {
    await using server = await startModelServer({ script: done, apiKey: "right" });

    expect((await post(server, path, { model: "m", input: "Hi" }, headers)).status).toBe(401);
  });

  test("calls a freeform tool of the Responses API and reads its result", async () => {
    const patch = "*** Begin Patch\n*** End Patch\n";
    const views: ModelRequest[] = [];
    const script: Script = (request) => {
      views.push(request);
      return request.turn === 0 ? { toolCalls: [{ name: "apply_patch", input: patch }] } : { text: "Done." };
    };
    await using server = await startModelServer({ script });
    const body = { model: "m", tools: [{ type: "custom", name: "apply_patch" }] };

    const asked = await post(server, "/responses", { ...body, input: [{ role: "user", content: "Edit" }] });
    const [item] = (asked.json as { output: [Record<string, unknown>] }).output;
    const result = { type: "custom_tool_call_output", call_id: item.call_id, output: "Patched." };
    await post(server, "/responses", { ...body, input: [{ role: "user", content: "Edit" }, item, result] });

    expect(item).toMatchObject({ type: "custom_tool_call", name: "apply_patch", input: patch });
    expect(views[1]).toMatchObject({ turn: 1, toolResults: [{ callId: item.call_id, text: "Patched." }] });
  });

  test("takes remarks beside a tool result for no new prompt", async () => {
    await using server = await startModelServer({ script: done });
    const result = { type: "tool_result", tool_use_id: "toolu_1", content: "Seen." };
    const remark = { type: "text", text: "<system-reminder>Be careful.</system-reminder>" };

    await post(server, "/messages", {
      model: "m",
      max_tokens: 9,
      messages: [
        { role: "user", content: "Look" },
        { role: "assistant", content: [use] },
        { role: "user", content: [result, remark] },
      ],
    });

    expect(server.requests[0]?.view).toMatchObject({ userText: "Look", turnOfPrompt: 1 });
  });

  test("lists its models and counts tokens", async () => {
    await using server = await startModelServer({ script: done });

    const models = await (await fetch(`${server.url}/models`)).json();
    const counted = await post(server, "/messages/count_tokens", {
      model: "m",
      messages: [{ role: "user", content: "Hi" }],
    });

    expect(models).toMatchObject({ object: "list", data: [{ id: "scripted" }] });
    expect(counted.json).toEqual({ input_tokens: expect.any(Number) });
  });

  test("says so when its script fails or has come to its end", async () => {
    const options: ModelServerOptions = { script: () => Promise.reject(new Error("a typo")) };
    await using server = await startModelServer(options);

    const { status, json } = await post(server, "/responses", { model: "m", input: "Hi" });

    expect(status).toBe(400);
    expect(json).toMatchObject({ error: { message: expect.stringContaining("a typo") } });
  });

  test("tells of a request as soon as it came, and of one that came before", async () => {
    await using server = await startModelServer({ script: done });
    const signal = AbortSignal.timeout(10_000);

    const coming = server.until(({ path }) => path === "/v1/responses", signal);
    await post(server, "/responses", { model: "m", input: "Hi" });

    expect((await coming).view?.userText).toBe("Hi");
    expect(await server.until(({ method }) => method === "POST", signal)).toBe(await coming);
    await expect(server.until(() => false, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });

  test("closes at once, whoever still waits for an answer", async () => {
    const server = await startModelServer({ script: () => ({ hang: true }) });
    const waiting = post(server, "/responses", { model: "m", input: "Hi" });
    await server.until(() => true, AbortSignal.timeout(10_000));

    await server[Symbol.asyncDispose]();

    await expect(waiting).rejects.toThrow();
  });
});

async function post(server: ModelServer, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-version": "2023-06-01", ...headers },
    body: JSON.stringify(body) ?? "not JSON",
  });
  return { status: response.status, json: (await response.json()) as unknown };
}
