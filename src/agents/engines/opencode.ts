import { z } from "zod";
import { AppError } from "../../core/error.ts";
import type { Engine, EngineCall, EngineLaunch, EngineOrder } from "./engine.ts";
import { onlyPrompt, readOptions, textOption, writeOptions } from "./options.ts";
import { createReader, type EngineAction, jsonLines, type Translate, titleOf } from "./reader.ts";
import { addUsage, noUsage } from "./usage.ts";

/** OpenCode, run as `opencode run --format json`. */
export const opencode: Engine = {
  kind: "opencode",
  defaultProgram: "opencode",
  minimumVersion: "1.18.33",
  install: "npm install --global opencode-ai",
  keyNames: ["OPENCODE_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENROUTER_API_KEY"],
  readOrder,
  launch,
  reader: (run) => createReader(jsonLines(translate), run),
};

/** `opencode run [options] message…`, also with `--session <id>` or `--continue`. */
function readOrder([, subcommand, ...words]: readonly string[]): EngineOrder {
  if (subcommand !== "run") throw new AppError("bad-input", 'Run OpenCode as opencode run "<prompt>".');
  const { values, rest } = readOptions(words, {
    continue: { type: "boolean", short: "c" },
    session: { type: "string", short: "s" },
    model: { type: "string", short: "m" },
    agent: { type: "string" },
    title: { type: "string" },
    variant: { type: "string" },
    file: { type: "string", short: "f", multiple: true },
    fork: { type: "boolean" },
    thinking: { type: "boolean" },
    format: { type: "string" },
    pure: { type: "boolean" },
    "print-logs": { type: "boolean" },
    "log-level": { type: "string" },
  });
  const model = textOption(values, "model");
  const threadId = textOption(values, "session");
  return {
    prompt: onlyPrompt([rest.join(" ")], 'opencode run "<prompt>".'),
    options: writeOptions(values, ["agent", "title", "variant", "file", "fork", "thinking"]),
    ...(model && { model }),
    ...(values.continue && { resume: "last" }),
    ...(threadId && { resume: { threadId } }),
  };
}

function launch(order: EngineOrder, call: EngineCall): EngineLaunch {
  const model = modelOf(order, call);
  return {
    argv: [
      ...call.program.argv,
      ...["run", "--format", "json", "--pure"],
      ...(model ? ["--model", model] : []),
      ...resumeWords(order),
      ...order.options,
    ],
    env: {
      ...call.environment,
      OPENCODE_CONFIG_CONTENT: JSON.stringify(configOf(model, call)),
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      // The repository's own configuration could name another service and lend it the key.
      OPENCODE_DISABLE_PROJECT_CONFIG: "1",
      HOME: call.homePath,
    },
    // It has no option for guidance that is not a file.
    stdin: call.guidance ? `${call.guidance}\n\n${order.prompt}` : order.prompt,
    readOnly: call.program.readOnly,
  };
}

/** OpenCode names models as provider/model; one behind a base URL of ours belongs to a provider of ours. */
function modelOf(order: EngineOrder, { model: configured, baseUrl }: EngineCall): string | undefined {
  const model = order.model ?? configured;
  if (!baseUrl) return model;
  if (model === undefined) throw new AppError("bad-config", "An opencode engine with a baseUrl needs a model too.");
  return `${ownProvider}/${model.slice(model.indexOf("/") + 1)}`;
}

const ownProvider = "chargehand";

function configOf(model: string | undefined, { baseUrl, worktreePath, environment }: EngineCall) {
  const [keyName] = Object.keys(environment);
  const options = { baseURL: baseUrl, ...(keyName && { apiKey: `{env:${keyName}}` }) };
  const models = { [model?.slice(ownProvider.length + 1) ?? ""]: { tool_call: true } };
  return {
    autoupdate: false,
    share: "disabled",
    // What lies outside is for the sandbox to hide; a question would end the run, for nobody can answer it.
    permission: { external_directory: "allow" },
    // Named here because, without the repository's configuration, it would not look for them.
    instructions: [`${worktreePath}/AGENTS.md`, `${worktreePath}/CLAUDE.md`],
    ...(baseUrl && {
      small_model: model,
      provider: { [ownProvider]: { npm: "@ai-sdk/openai-compatible", options, models } },
    }),
  };
}

function resumeWords({ resume }: EngineOrder): string[] {
  if (resume === undefined) return [];
  return resume === "last" ? ["--continue"] : ["--session", resume.threadId];
}

const Tokens = z.object({
  input: z.number(),
  output: z.number(),
  reasoning: z.number().default(0),
  cache: z.object({ read: z.number(), write: z.number() }).default({ read: 0, write: 0 }),
});

const ToolPart = z.object({
  tool: z.string(),
  callID: z.string(),
  state: z.object({ status: z.string(), title: z.string().optional(), input: z.record(z.string(), z.unknown()) }),
});

const sessionID = z.string();
const OpencodeEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("step_start"), sessionID }),
  z.object({ type: z.literal("text"), sessionID, part: z.object({ id: z.string(), text: z.string() }) }),
  z.object({ type: z.literal("reasoning"), sessionID, part: z.object({ id: z.string(), text: z.string() }) }),
  z.object({ type: z.literal("tool_use"), sessionID, part: ToolPart }),
  z.object({
    type: z.literal("step_finish"),
    sessionID,
    part: z.object({ reason: z.string(), tokens: Tokens, cost: z.number().optional() }),
  }),
  z.object({
    type: z.literal("error"),
    error: z.object({ name: z.string(), data: z.looseObject({ message: z.string().optional() }).optional() }),
  }),
]);
type OpencodeEvent = z.infer<typeof OpencodeEvent>;

const translate: Translate<unknown> = (value, notes) => {
  const { data: event } = OpencodeEvent.safeParse(value);
  if (event && "sessionID" in event) notes.threadId = event.sessionID;
  switch (event?.type) {
    case undefined:
      return undefined;
    case "step_start":
      return [];
    case "text":
    case "reasoning":
      if (event.type === "text") notes.answer = event.part.text;
      return [
        { type: "action", id: event.part.id, kind: "message", title: titleOf(event.part.text), phase: "completed" },
      ];
    case "tool_use":
      return [toolAction(event.part)];
    case "step_finish":
      if (event.part.reason === "stop") notes.outcome = { ok: true };
      notes.usage = addUsage(notes.usage ?? noUsage, usageOf(event.part));
      return [];
    case "error": {
      const error = event.error.data?.message ?? event.error.name;
      notes.outcome = { ok: false, error };
      return [{ type: "action", id: "error", kind: "other", title: titleOf(error), phase: "completed", ok: false }];
    }
  }
};

/** It tells of a tool only when that has ended. */
function toolAction({ tool, callID, state }: z.infer<typeof ToolPart>): EngineAction {
  const { command, filePath } = state.input;
  const end = { type: "action", id: callID, phase: "completed", ok: state.status === "completed" } as const;
  if (tool === "bash") return { ...end, kind: "command", title: titleOf(String(command)) };
  if (editTools.has(tool)) return { ...end, kind: "edit", title: titleOf(`Edit ${String(filePath ?? state.title)}`) };
  return { ...end, kind: "tool", title: titleOf(`${tool} ${state.title ?? ""}`) };
}

const editTools: ReadonlySet<string> = new Set(["edit", "write", "multiedit", "patch", "apply_patch"]);

/** Tokens of one step; here cached tokens and reasoning are counted beside the others. */
function usageOf({ tokens, cost }: Extract<OpencodeEvent, { type: "step_finish" }>["part"]) {
  return {
    inputTokens: tokens.input + tokens.cache.read + tokens.cache.write,
    cachedInputTokens: tokens.cache.read,
    outputTokens: tokens.output + tokens.reasoning,
    ...(cost !== undefined && { usd: cost }),
  };
}
