import { describe, expect, test } from "vitest";
import { claude } from "../../../src/agents/engines/claude.ts";
import { codex } from "../../../src/agents/engines/codex.ts";
import { custom } from "../../../src/agents/engines/custom.ts";
import type { Engine, EngineRun } from "../../../src/agents/engines/engine.ts";
import { opencode } from "../../../src/agents/engines/opencode.ts";
import type { EngineEvent, Usage } from "../../../src/core/engine-event.ts";

const before: Usage = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 20, usd: 0.01 };
const counted = { countedBefore: (threadId: string) => (threadId === "t1" ? before : undefined) };

describe("Codex", () => {
  const started = { type: "thread.started", thread_id: "t1" };
  const said = { type: "item.completed", item: { id: "i", type: "agent_message", text: "Done." } };
  const spent = { type: "turn.completed", usage: { input_tokens: 250, cached_input_tokens: 90, output_tokens: 50 } };

  test("EN-03 SY-49 tells the total of its thread, of which only what is new counts", () => {
    const { usage } = completion(read(codex, [started, said, spent], counted));

    expect(usage).toEqual({ inputTokens: 150, cachedInputTokens: 50, outputTokens: 30 });
  });

  test("EN-03 counts all of a thread nobody has counted, and of a total that began again", () => {
    const small = { type: "turn.completed", usage: { input_tokens: 30, cached_input_tokens: 0, output_tokens: 5 } };

    expect(completion(read(codex, [started, said, spent])).usage).toMatchObject({ inputTokens: 250 });
    expect(completion(read(codex, [started, said, small], counted)).usage).toMatchObject({ inputTokens: 30 });
  });

  test("EN-02 shows commands without the shell around them, and whether they worked", () => {
    const command = (status: string) => ({
      type: status === "in_progress" ? "item.started" : "item.completed",
      item: { id: "c", type: "command_execution", command: "/bin/bash -lc 'npm test'", status },
    });

    const events = read(codex, [started, command("in_progress"), command("failed")]);

    expect(events.slice(1, 3)).toEqual([
      { type: "action", id: "c", kind: "command", title: "npm test", phase: "started" },
      { type: "action", id: "c", kind: "command", title: "npm test", phase: "completed", ok: false },
    ]);
  });

  test("EN-02 shows its plan, its warnings and its retries", () => {
    const plan = {
      id: "p",
      type: "todo_list",
      items: [
        { text: "a", completed: true },
        { text: "b", completed: false },
      ],
    };
    const events = read(codex, [
      started,
      { type: "item.updated", item: plan },
      { type: "item.completed", item: { id: "e", type: "error", message: "Unknown model." } },
      { type: "error", message: "Reconnecting... 1/5" },
    ]);

    expect(events.slice(1, 4)).toMatchObject([
      { kind: "other", title: "Plan: 1 of 2", phase: "started" },
      { kind: "other", title: "Unknown model." },
      { kind: "retry", title: "Reconnecting... 1/5" },
    ]);
  });

  test("EN-08 says that it is limited when its turn failed for that", () => {
    const failed = {
      type: "turn.failed",
      error: { message: "exceeded retry limit, last status: 429 Too Many Requests" },
    };

    expect(completion(read(codex, [started, failed], {}, 1))).toMatchObject({ ok: false, failure: "limited" });
  });
});

describe("Claude Code", () => {
  const init = { type: "system", subtype: "init", session_id: "t1", model: "sonnet" };
  const result = {
    type: "result",
    subtype: "success",
    is_error: false,
    session_id: "t1",
    result: "Done.",
    total_cost_usd: 0.025,
    modelUsage: {
      sonnet: { inputTokens: 60, outputTokens: 40, cacheReadInputTokens: 100, cacheCreationInputTokens: 20 },
      haiku: { inputTokens: 10, outputTokens: 10 },
    },
  };

  test("EN-03 tells tokens and cost of the whole session, of which only what is new counts", () => {
    const { usage } = completion(read(claude, [init, result], counted));

    expect(usage).toEqual({ inputTokens: 90, cachedInputTokens: 60, outputTokens: 30, usd: expect.closeTo(0.015, 9) });
  });

  test("fails when it says is_error, though the subtype be success", () => {
    const refused = { ...result, is_error: true, result: "Not logged in" };

    expect(completion(read(claude, [init, refused]))).toMatchObject({ ok: false, error: "Not logged in" });
  });

  test.each(["error_max_turns", "error_max_budget_usd", "error_during_execution"])("fails with %s", (subtype) => {
    const { result: _, ...rest } = result;

    expect(completion(read(claude, [init, { ...rest, subtype }]))).toMatchObject({
      ok: false,
      error: expect.stringContaining(subtype),
    });
  });

  test("EN-02 shows retries, what it may not do, and pairs tools with their results", () => {
    const use = { type: "tool_use", id: "u1", name: "Bash", input: { command: "npm test" } };
    const events = read(claude, [
      init,
      { type: "system", subtype: "api_retry", error_status: 529 },
      { type: "system", subtype: "permission_denied", tool_name: "Bash" },
      { type: "assistant", uuid: "a", message: { content: [{ type: "thinking", thinking: "…" }, use] } },
      { type: "user", uuid: "b", message: { content: [{ type: "tool_result", tool_use_id: "u1", is_error: true }] } },
    ]);

    expect(events.slice(1, -1)).toMatchObject([
      { kind: "retry", title: expect.stringContaining("529") },
      { kind: "other", title: expect.stringContaining("permission_denied") },
      { id: "u1", kind: "command", title: "npm test", phase: "started" },
      { id: "u1", kind: "command", title: "npm test", phase: "completed", ok: false },
    ]);
  });

  test("EN-08 says that it is limited", () => {
    const refused = { ...result, is_error: true, result: "You've hit your usage limit · resets 3pm" };

    expect(completion(read(claude, [init, refused], {}, 1))).toMatchObject({ failure: "limited" });
  });
});

describe("OpenCode", () => {
  const step = (reason: string) => ({
    type: "step_finish",
    sessionID: "t1",
    part: { reason, cost: 0.01, tokens: { input: 50, output: 15, reasoning: 5, cache: { read: 30, write: 20 } } },
  });

  test("EN-03 tells of every step for itself, and they add up, whatever was counted before", () => {
    const { usage } = completion(read(opencode, [step("tool-calls"), step("stop")], counted));

    expect(usage).toEqual({ inputTokens: 200, cachedInputTokens: 60, outputTokens: 40, usd: 0.02 });
  });

  test("EN-02 shows a tool that failed, and the error that ended it", () => {
    const state = { status: "error", input: { command: "npm test" }, error: "rejected" };
    const events = read(opencode, [
      { type: "tool_use", sessionID: "t1", part: { tool: "bash", callID: "c1", state } },
      { type: "error", sessionID: "t1", error: { name: "APIError", data: { message: "Rate limit reached" } } },
    ]);

    expect(events[1]).toMatchObject({ id: "c1", kind: "command", title: "npm test", ok: false });
    expect(completion(events)).toMatchObject({ ok: false, error: "Rate limit reached", failure: "limited" });
  });
});

describe("A custom engine", () => {
  test("EN-09 may speak plain words: each is a message, the last are the answer", () => {
    const reader = custom.reader({ order: { prompt: "x", options: [] } });

    const events = ["Reading …", "Fixed it."].flatMap((line) => reader.read(line));

    expect(events.slice(1)).toMatchObject([
      { kind: "message", title: "Reading …" },
      { kind: "message", title: "Fixed it." },
    ]);
    expect(reader.end({ exitCode: 0, stderr: "" })).toMatchObject([{ ok: true, answer: "Reading …\nFixed it." }]);
  });

  test("EN-09 that speaks in events must say itself that it came to its end", () => {
    const reader = custom.reader({ order: { prompt: "x", options: [] } });
    reader.read('{"type":"started"}');
    reader.read("a stray word");

    expect(reader.end({ exitCode: 0, stderr: "" })).toMatchObject([{ type: "completed", ok: false }]);
  });
});

function read(engine: Engine, lines: readonly object[], run: Partial<EngineRun> = {}, exitCode = 0): EngineEvent[] {
  const reader = engine.reader({ order: { prompt: "x", options: [] }, ...run });
  return [...lines.flatMap((line) => reader.read(JSON.stringify(line))), ...reader.end({ exitCode, stderr: "" })];
}

function completion(events: readonly EngineEvent[]): Extract<EngineEvent, { type: "completed" }> {
  const last = events.at(-1);
  if (last?.type !== "completed") throw new Error("The last event must be completed.");
  return last;
}
