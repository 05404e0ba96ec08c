import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, type LanguageModel, type ModelMessage, stepCountIs, streamText, tool } from "ai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type ModelAnswer, type Script, sequence } from "../../src/emulators/model-server/script.ts";
import { type ModelServer, startModelServer } from "../../src/emulators/model-server/server.ts";

const clients: Record<string, (server: ModelServer) => LanguageModel> = {
  responses: ({ url }) => createOpenAI({ baseURL: url, apiKey: "key" })("scripted"),
  chat: ({ url }) =>
    createOpenAICompatible({ name: "local", baseURL: url, apiKey: "key", includeUsage: true })("scripted"),
  messages: ({ url }) => createAnthropic({ baseURL: url, apiKey: "key" })("scripted"),
};

const tools = {
  weather: tool({
    description: "Tells the weather.",
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => `Sunny in ${city}.`,
  }),
};

const askTwoCities: readonly ModelAnswer[] = [
  {
    text: "Let me look.",
    toolCalls: [
      { name: "weather", arguments: { city: "Oslo" } },
      { name: "weather", arguments: { city: "Rome" } },
    ],
    usage: { inputTokens: 50, cachedInputTokens: 30, outputTokens: 7 },
  },
  {
    text: "Sunny everywhere, from Oslo to Rome, as both reports say.",
    usage: { inputTokens: 80, cachedInputTokens: 50, outputTokens: 9 },
  },
];

describe.each(Object.entries(clients))("a model server asked through the %s API", (api, modelFor) => {
  test("answers turn by turn, calls tools at the same time and reads their results", async () => {
    await using server = await startModelServer({ script: sequence(askTwoCities) });

    const result = await generateText({
      model: modelFor(server),
      instructions: "You are brief.",
      prompt: "How is the weather?",
      tools,
      stopWhen: stepCountIs(5),
    });

    expect(result.text).toBe("Sunny everywhere, from Oslo to Rome, as both reports say.");
    expect(result.totalUsage).toMatchObject({ inputTokens: 130, outputTokens: 16 });
    expect(result.totalUsage.inputTokenDetails.cacheReadTokens).toBe(80);
    expect(server.requests.map(({ view }) => view)).toMatchObject([
      { api, turn: 0, userText: "How is the weather?", instructions: "You are brief.", toolNames: ["weather"] },
      { api, turn: 1, toolResults: [{ text: "Sunny in Oslo." }, { text: "Sunny in Rome." }] },
    ]);
  });

  test("streams the same answers", async () => {
    await using server = await startModelServer({ script: sequence(askTwoCities) });

    const result = streamText({ model: modelFor(server), prompt: "Weather?", tools, stopWhen: stepCountIs(5) });

    expect(await result.text).toBe("Sunny everywhere, from Oslo to Rome, as both reports say.");
    expect(await result.totalUsage).toMatchObject({ inputTokens: 130, outputTokens: 16 });
  });

  test("goes on in the middle of a conversation after it was restarted", async () => {
    const conversation: ModelMessage[] = [{ role: "user", content: "Weather?" }];
    await using first = await startModelServer({ script: sequence(askTwoCities) });
    const before = await generateText({ model: modelFor(first), messages: conversation, tools });

    await using second = await startModelServer({ script: sequence(askTwoCities) });
    const after = await generateText({
      model: modelFor(second),
      messages: [...conversation, ...before.response.messages],
      tools,
    });

    expect(after.text).toContain("Sunny everywhere");
  });

  test("begins again at a new prompt of the same conversation when its script says so", async () => {
    const script = sequence([{ text: "First." }], { by: "prompt" });
    await using server = await startModelServer({ script });

    const result = await generateText({
      model: modelFor(server),
      messages: [
        { role: "user", content: "One" },
        { role: "assistant", content: "First." },
        { role: "user", content: "Two" },
      ],
    });

    expect(result.text).toBe("First.");
    expect(server.requests.at(-1)?.view).toMatchObject({ turn: 1, turnOfPrompt: 0, userText: "Two" });
  });

  test("is told apart from a working one by a status, and says when to come back", async () => {
    const script: Script = () => ({ status: 429, retryAfterSeconds: 7, message: "Slow down." });
    await using server = await startModelServer({ script });

    const attempt = generateText({ model: modelFor(server), prompt: "Hi", maxRetries: 0 });

    await expect(attempt).rejects.toMatchObject({
      statusCode: 429,
      message: "Slow down.",
      responseHeaders: { "retry-after": "7" },
    });
  });

  test("sends broken arguments as they are", async () => {
    const script = sequence([{ toolCalls: [{ name: "weather", arguments: '{"city": ' }] }]);
    await using server = await startModelServer({ script });

    const result = streamText({ model: modelFor(server), prompt: "Weather?", tools });

    expect(await result.toolCalls).toMatchObject([{ toolName: "weather", invalid: true }]);
  });

  test("answers with garbage", async () => {
    await using server = await startModelServer({ script: () => ({ garbage: true }) });
    const model = modelFor(server);
    const errors: unknown[] = [];

    await expect(generateText({ model, prompt: "Hi", maxRetries: 0 })).rejects.toThrow();
    const stream = streamText({ model, prompt: "Hi", maxRetries: 0, onError: ({ error }) => void errors.push(error) });
    await stream.consumeStream();

    expect(errors).not.toEqual([]);
  });

  test("loses the connection", async () => {
    await using server = await startModelServer({ script: () => ({ dropConnection: true }) });
    const model = modelFor(server);

    await expect(generateText({ model, prompt: "Hi", maxRetries: 0 })).rejects.toThrow();
    const stream = streamText({ model, prompt: "Hi", maxRetries: 0, onError: () => {} });
    await expect(stream.text).rejects.toThrow();
  });

  test("hangs until its client gives up", async () => {
    await using server = await startModelServer({ script: () => ({ hang: true }) });
    const givingUp = new AbortController();

    const attempt = generateText({ model: modelFor(server), prompt: "Hi", abortSignal: givingUp.signal });
    await server.until(({ view }) => view?.userText === "Hi", AbortSignal.timeout(10_000));
    givingUp.abort(new Error("enough"));

    await expect(attempt).rejects.toThrow("enough");
  });
});
