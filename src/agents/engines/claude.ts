import { AppError } from "../../core/error.ts";
import { translateClaude } from "./claude-events.ts";
import type { Engine, EngineCall, EngineLaunch, EngineOrder } from "./engine.ts";
import { onlyPrompt, readOptions, textOption, writeOptions } from "./options.ts";
import { createReader, jsonLines } from "./reader.ts";

/** Anthropic's Claude Code, run as `claude -p --output-format stream-json`. */
export const claude: Engine = {
  kind: "claude",
  defaultProgram: "claude",
  minimumVersion: "2.1.329",
  install: "npm install --global @anthropic-ai/claude-code",
  keyNames: ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"],
  readOrder,
  launch,
  reader: (run) => createReader(jsonLines(translateClaude(run)), run),
};

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

/** What the orchestrator may say and we say ourselves, always in the same way. */
const ours = {
  print: { ...flag, short: "p" },
  verbose: flag,
  "output-format": text,
  "permission-prompts": text,
  "strict-mcp-config": flag,
  continue: { ...flag, short: "c" },
  resume: { ...text, short: "r" },
  model: text,
};
const kept = {
  "permission-mode": text,
  allowedTools: text,
  "allowed-tools": text,
  disallowedTools: text,
  "disallowed-tools": text,
  "append-system-prompt": text,
  "fallback-model": text,
  effort: text,
  "json-schema": text,
  "max-budget-usd": text,
  "session-id": text,
  restricted: flag,
  "safe-mode": flag,
  bare: flag,
  "no-session-persistence": flag,
  "fork-session": flag,
  "include-partial-messages": flag,
};

/** `claude -p [options] "<prompt>"`, also with `--resume <id>` or `--continue`. */
function readOrder([, ...words]: readonly string[]): EngineOrder {
  const { values, rest } = readOptions(words, { ...ours, ...kept });
  const model = textOption(values, "model");
  const threadId = textOption(values, "resume");
  if (!values.print) throw new AppError("bad-input", 'Run Claude Code as claude -p "<prompt>".');
  return {
    prompt: onlyPrompt(rest, 'claude -p "<prompt>".'),
    options: writeOptions(values, Object.keys(kept)),
    ...(model && { model }),
    ...(values.continue && { resume: "last" }),
    ...(threadId && { resume: { threadId } }),
  };
}

function launch(order: EngineOrder, call: EngineCall): EngineLaunch {
  const model = order.model ?? call.model;
  return {
    argv: [
      ...call.program.argv,
      ...headless,
      ...(model ? ["--model", model] : []),
      ...resumeWords(order),
      ...["--add-dir", call.worktreePath],
      ...withGuidance(withPermissions(order.options), call.guidance),
    ],
    env: { ...call.environment, ...quiet, ...baseUrlOf(call), HOME: call.homePath },
    stdin: order.prompt,
    readOnly: call.program.readOnly,
  };
}

/**
 * Settings of the repository are not read: they could name hooks, servers and another base URL. The worktree is added
 * as a folder of its own, for then its CLAUDE.md is still read.
 */
const headless = [
  ...["--print", "--output-format", "stream-json", "--verbose"],
  ...["--permission-prompts", "none", "--strict-mcp-config", "--setting-sources", "user"],
];

const quiet = {
  CLAUDE_CODE_ADDITIONAL_DIRECTORIES_CLAUDE_MD: "1",
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  DISABLE_AUTOUPDATER: "1",
  // It retries even a wrong key.
  CLAUDE_CODE_MAX_RETRIES: "5",
};

/** Claude Code wants it without the version; everything else wants it with. */
function baseUrlOf({ baseUrl }: EngineCall): Record<string, string> {
  return baseUrl ? { ANTHROPIC_BASE_URL: baseUrl.replace(/\/(v1\/?)?$/, "") } : {};
}

/** The sandbox around it confines its commands; asked for permission it would have nobody to answer. */
function withPermissions(options: readonly string[]): string[] {
  const hasMode = options.includes("--permission-mode");
  const hasTools = hasMode || options.includes("--allowedTools") || options.includes("--allowed-tools");
  return [
    ...options,
    ...(hasMode ? [] : ["--permission-mode", "acceptEdits"]),
    ...(hasTools ? [] : ["--allowedTools", "Bash,Edit,Write,NotebookEdit,Read,Grep,Glob"]),
  ];
}

function withGuidance(options: readonly string[], guidance: string | undefined): string[] {
  if (!guidance) return [...options];
  const at = options.indexOf("--append-system-prompt");
  if (at === -1) return [...options, "--append-system-prompt", guidance];
  return options.with(at + 1, `${options[at + 1]}\n\n${guidance}`);
}

function resumeWords({ resume }: EngineOrder): string[] {
  if (resume === undefined) return [];
  return resume === "last" ? ["--continue"] : ["--resume", resume.threadId];
}
