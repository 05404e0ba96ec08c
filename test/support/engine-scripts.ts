import type { ModelAnswer, ModelRequest, Script, ToolCall } from "../../src/emulators/model-server/script.ts";

/** What a coding engine is led to do, in its own tools, whichever engine it is. */
export type EngineStep =
  | { readonly read: string }
  | { readonly write: { readonly path: string; readonly text: string } }
  | { readonly run: string }
  | { readonly say: string };

/** Leads Codex, Claude Code or OpenCode through these steps, one a turn, again at every prompt. */
export function engineScript(steps: readonly EngineStep[]): Script {
  return (request) => {
    // OpenCode has its sessions named by a model without tools.
    if (request.toolNames.length === 0) return { text: "A small edit" };
    const step = steps[request.turnOfPrompt] ?? { say: "Done." };
    return "say" in step ? { text: step.say } : answerWith(toolCall(step, request));
  };
}

/** Has an engine give a file this text, with its own tools, and say so. */
export function editFileScript({ path, text }: { readonly path: string; readonly text: string }): Script {
  return engineScript([{ read: path }, { write: { path, text } }, { say: `I wrote ${path}.` }]);
}

/** The first script whose pattern the newest user message matches. */
export function scriptByPrompt(scripts: readonly (readonly [pattern: RegExp, script: Script])[]): Script {
  return (request, signal) => {
    const [, script] = scripts.find(([pattern]) => pattern.test(request.userText)) ?? [];
    if (script === undefined) return { status: 400, message: `No script for: ${request.userText.slice(0, 200)}` };
    return script(request, signal);
  };
}

function answerWith(call: ToolCall): ModelAnswer {
  return { text: "I go on.", toolCalls: [call] };
}

function toolCall(step: Exclude<EngineStep, { say: string }>, { toolNames }: ModelRequest): ToolCall {
  if (toolNames.includes("apply_patch")) return codexCall(step);
  return toolNames.includes("Write") ? claudeCall(step) : opencodeCall(step);
}

function codexCall(step: Exclude<EngineStep, { say: string }>): ToolCall {
  if ("read" in step) return { name: "exec_command", arguments: { cmd: `cat ${step.read}` } };
  if ("run" in step) return { name: "exec_command", arguments: { cmd: step.run } };
  const lines = step.write.text.replace(/\n$/, "").split("\n");
  const added = lines.map((line) => `+${line}`);
  const patch = ["*** Begin Patch", `*** Add File: ${step.write.path}`, ...added, "*** End Patch", ""];
  return { name: "apply_patch", input: patch.join("\n") };
}

function claudeCall(step: Exclude<EngineStep, { say: string }>): ToolCall {
  if ("read" in step) return { name: "Read", arguments: { file_path: step.read } };
  if ("run" in step) return { name: "Bash", arguments: { command: step.run, description: "As scripted" } };
  return { name: "Write", arguments: { file_path: step.write.path, content: step.write.text } };
}

function opencodeCall(step: Exclude<EngineStep, { say: string }>): ToolCall {
  if ("read" in step) return { name: "read", arguments: { filePath: step.read } };
  if ("run" in step) return { name: "bash", arguments: { command: step.run, description: "As scripted" } };
  return { name: "write", arguments: { filePath: step.write.path, content: step.write.text } };
}
