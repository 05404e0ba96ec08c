import { z } from "zod";
import type { EngineRun } from "./engine.ts";
import { type EngineAction, type RunNotes, type Translate, titleOf } from "./reader.ts";
import { newUsage } from "./usage.ts";

const Status = z.enum(["in_progress", "completed", "failed", "declined"]).catch("completed");

const Item = z.discriminatedUnion("type", [
  z.object({ type: z.literal("agent_message"), id: z.string(), text: z.string() }),
  z.object({ type: z.literal("reasoning"), id: z.string(), text: z.string() }),
  z.object({ type: z.literal("command_execution"), id: z.string(), command: z.string(), status: Status }),
  z.object({
    type: z.literal("file_change"),
    id: z.string(),
    changes: z.array(z.object({ path: z.string(), kind: z.string() })),
    status: Status,
  }),
  z.object({ type: z.literal("mcp_tool_call"), id: z.string(), server: z.string(), tool: z.string(), status: Status }),
  z.object({ type: z.literal("web_search"), id: z.string(), query: z.string() }),
  z.object({
    type: z.literal("todo_list"),
    id: z.string(),
    items: z.array(z.object({ text: z.string(), completed: z.boolean() })),
  }),
  z.object({ type: z.literal("error"), id: z.string(), message: z.string() }),
]);
type Item = z.infer<typeof Item>;

const CodexEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("thread.started"), thread_id: z.string() }),
  z.object({ type: z.literal("turn.started") }),
  z.object({ type: z.enum(["item.started", "item.updated", "item.completed"]), item: Item }),
  z.object({
    type: z.literal("turn.completed"),
    usage: z.object({
      input_tokens: z.number(),
      cached_input_tokens: z.number().default(0),
      output_tokens: z.number(),
    }),
  }),
  z.object({ type: z.literal("turn.failed"), error: z.object({ message: z.string() }) }),
  z.object({ type: z.literal("error"), message: z.string() }),
]);

/** What the lines of `codex exec --json` mean. */
export function translateCodex({ countedBefore }: EngineRun): Translate<unknown> {
  return (value, notes) => {
    const { data: event } = CodexEvent.safeParse(value);
    switch (event?.type) {
      case undefined:
        return undefined;
      case "thread.started":
        notes.threadId = event.thread_id;
        return [];
      case "turn.started":
        return [];
      case "item.started":
      case "item.updated":
      case "item.completed":
        return [actionOf(event.item, event.type === "item.completed" ? "completed" : "started", notes)];
      case "turn.completed": {
        const { input_tokens, cached_input_tokens, output_tokens } = event.usage;
        const total = {
          inputTokens: input_tokens,
          cachedInputTokens: cached_input_tokens,
          outputTokens: output_tokens,
        };
        // Codex tells the total of the thread.
        notes.usage = newUsage(total, countedBefore?.(notes.threadId ?? ""));
        notes.outcome = { ok: true };
        return [];
      }
      case "turn.failed":
        notes.outcome = { ok: false, error: event.error.message };
        return [];
      case "error":
        notes.trouble = event.message;
        return [{ type: "action", id: "error", kind: "retry", title: titleOf(event.message), phase: "completed" }];
    }
  };
}

function actionOf(item: Item, phase: EngineAction["phase"], notes: RunNotes): EngineAction {
  const action = (kind: EngineAction["kind"], title: string): EngineAction => ({
    type: "action",
    id: item.id,
    kind,
    title: titleOf(title),
    phase,
    ...(phase === "completed" && "status" in item && { ok: item.status === "completed" }),
  });
  switch (item.type) {
    case "agent_message":
      notes.answer = item.text;
      return action("message", item.text);
    case "reasoning":
      return action("message", item.text);
    case "command_execution":
      return action("command", withoutShell(item.command));
    case "file_change":
      return action("edit", `Edit ${item.changes.map(({ path }) => path).join(", ")}`);
    case "mcp_tool_call":
      return action("tool", `${item.server} ${item.tool}`);
    case "web_search":
      return action("tool", `Search ${item.query}`);
    case "todo_list":
      return action("other", `Plan: ${item.items.filter(({ completed }) => completed).length} of ${item.items.length}`);
    case "error":
      return action("other", item.message);
  }
}

/** Codex runs everything as `/bin/bash -lc '…'`; people want to read what it runs. */
function withoutShell(command: string): string {
  const [, , inner] = /^\S*\/(?:bash|sh|zsh) -l?c (["']?)([\s\S]*)\1$/.exec(command) ?? [];
  return inner ?? command;
}
