import { z } from "zod";
import type { Usage } from "../../core/engine-event.ts";
import type { EngineRun } from "./engine.ts";
import { type EngineAction, type Translate, titleOf } from "./reader.ts";
import { addUsage, newUsage, noUsage } from "./usage.ts";

const Block = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("tool_use"), id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) }),
  z.object({ type: z.literal("tool_result"), tool_use_id: z.string(), is_error: z.boolean().optional() }),
  z.object({ type: z.enum(["thinking", "redacted_thinking"]) }),
]);
type Block = z.infer<typeof Block>;

const Content = z.union([z.array(Block), z.string().transform((): Block[] => [])]);

const Tokens = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  cacheReadInputTokens: z.number().default(0),
  cacheCreationInputTokens: z.number().default(0),
});

const Result = z.object({
  type: z.literal("result"),
  subtype: z.string(),
  is_error: z.boolean(),
  session_id: z.string(),
  result: z.string().optional(),
  errors: z.array(z.string()).optional(),
  total_cost_usd: z.number().optional(),
  modelUsage: z.record(z.string(), Tokens).default({}),
});

const ClaudeEvent = z.union([
  z.object({ type: z.literal("system"), subtype: z.literal("init"), session_id: z.string(), model: z.string() }),
  z.object({ type: z.literal("system"), subtype: z.literal("api_retry"), error_status: z.unknown() }),
  z.object({ type: z.enum(["assistant", "user"]), uuid: z.string(), message: z.object({ content: Content }) }),
  z.object({ type: z.literal("stream_event") }),
  Result,
]);

/** What the lines of `claude -p --output-format stream-json` mean. */
export function translateClaude({ countedBefore }: EngineRun): Translate<unknown> {
  const open = new Map<string, EngineAction>();
  return (value, notes) => {
    const { data: event } = ClaudeEvent.safeParse(value);
    switch (event?.type) {
      case undefined:
        return undefined;
      case "system":
        if (event.subtype === "api_retry") {
          notes.trouble = `The model's service answered ${String(event.error_status ?? "nothing")}; trying again.`;
          return [{ type: "action", id: "retry", kind: "retry", title: notes.trouble, phase: "completed" }];
        }
        notes.threadId = event.session_id;
        notes.model = event.model;
        return [];
      case "assistant":
      case "user":
        return event.message.content.flatMap((block, index) => {
          if (block.type === "text" && event.type === "assistant") notes.answer = block.text;
          return actionsOf(block, `${event.uuid}-${index}`, open);
        });
      case "stream_event":
        return [];
      case "result":
        notes.threadId = event.session_id;
        notes.answer = event.result ?? "";
        notes.outcome = outcomeOf(event);
        notes.usage = newUsage(totalOf(event), countedBefore?.(event.session_id));
        return [];
    }
  };
}

function actionsOf(block: Block, id: string, open: Map<string, EngineAction>): EngineAction[] {
  switch (block.type) {
    case "text":
      return [{ type: "action", id, kind: "message", title: titleOf(block.text), phase: "completed" }];
    case "tool_use": {
      const action: EngineAction = { type: "action", id: block.id, ...describe(block), phase: "started" };
      open.set(block.id, action);
      return [action];
    }
    case "tool_result": {
      const action = open.get(block.tool_use_id);
      open.delete(block.tool_use_id);
      return action ? [{ ...action, phase: "completed", ok: !block.is_error }] : [];
    }
    case "thinking":
    case "redacted_thinking":
      return [];
  }
}

function describe({ name, input }: Extract<Block, { type: "tool_use" }>): Pick<EngineAction, "kind" | "title"> {
  if (name === "Bash") return { kind: "command", title: titleOf(String(input.command)) };
  const path = input.file_path ?? input.notebook_path;
  if (editTools.has(name)) return { kind: "edit", title: titleOf(`Edit ${String(path)}`) };
  return { kind: "tool", title: titleOf(`${name} ${String(path ?? input.pattern ?? input.description ?? "")}`) };
}

const editTools: ReadonlySet<string> = new Set(["Edit", "Write", "MultiEdit", "NotebookEdit"]);

/** A service that refused is `subtype: "success"` too; only `is_error` tells. */
function outcomeOf({ is_error, subtype, result, errors }: z.infer<typeof Result>): { ok: boolean; error?: string } {
  if (!is_error && subtype === "success") return { ok: true };
  return { ok: false, error: errors?.join("\n") || result || `Claude Code ended with ${subtype}.` };
}

/** Of all models and, like the cost, of all runs of the session. */
function totalOf({ modelUsage, total_cost_usd }: z.infer<typeof Result>): Usage {
  const tokens = Object.values(modelUsage).map((model) => ({
    inputTokens: model.inputTokens + model.cacheReadInputTokens + model.cacheCreationInputTokens,
    cachedInputTokens: model.cacheReadInputTokens,
    outputTokens: model.outputTokens,
  }));
  return { ...tokens.reduce(addUsage, noUsage), ...(total_cost_usd !== undefined && { usd: total_cost_usd }) };
}
