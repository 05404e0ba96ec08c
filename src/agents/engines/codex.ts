import { AppError } from "../../core/error.ts";
import { translateCodex } from "./codex-events.ts";
import { codexNativePrograms } from "./codex-native.ts";
import type { Engine, EngineCall, EngineLaunch, EngineOrder } from "./engine.ts";
import { onlyPrompt, readOptions, textOption, writeOptions } from "./options.ts";
import { createReader, jsonLines } from "./reader.ts";

/** OpenAI's Codex CLI, run as `codex exec --json`. */
export const codex: Engine = {
  kind: "codex",
  defaultProgram: "codex",
  minimumVersion: "0.169.0",
  install: "npm install --global @openai/codex",
  keyNames: ["CODEX_API_KEY", "OPENAI_API_KEY"],
  candidates: codexNativePrograms,
  readOrder,
  launch,
  reader: (run) => createReader(jsonLines(translateCodex(run)), run),
};

/** `codex exec [options] "<prompt>"`, `codex exec resume <id> "<prompt>"` or `codex exec resume --last "<prompt>"`. */
function readOrder([, subcommand, ...words]: readonly string[]): EngineOrder {
  if (subcommand !== "exec") throw new AppError("bad-input", 'Run Codex as codex exec "<prompt>".');
  const { values, rest } = readOptions(words, {
    model: { type: "string", short: "m" },
    sandbox: { type: "string", short: "s" },
    config: { type: "string", short: "c", multiple: true },
    image: { type: "string", short: "i", multiple: true },
    "output-last-message": { type: "string", short: "o" },
    "output-schema": { type: "string" },
    color: { type: "string" },
    ephemeral: { type: "boolean" },
    json: { type: "boolean" },
    last: { type: "boolean" },
    "full-auto": { type: "boolean" },
    "skip-git-repo-check": { type: "boolean" },
    "ignore-user-config": { type: "boolean" },
  });
  const model = textOption(values, "model");
  const kept = ["sandbox", "config", "image", "output-last-message", "output-schema", "ephemeral"];
  const options = writeOptions(values, kept);
  const isResume = rest[0] === "resume" && rest.length > 1;
  const threadId = isResume && !values.last ? rest[1] : undefined;
  const prompt = onlyPrompt(rest.slice(threadId ? 2 : isResume ? 1 : 0), 'codex exec "<prompt>".');
  return {
    prompt,
    options,
    ...(model && { model }),
    ...(threadId && { resume: { threadId } }),
    ...(values.last && { resume: "last" }),
  };
}

function launch(order: EngineOrder, call: EngineCall): EngineLaunch {
  const model = order.model ?? call.model;
  return {
    argv: [
      ...call.program.argv,
      "exec",
      ...order.options,
      ...(order.options.includes("--sandbox") ? [] : ["--sandbox", "workspace-write"]),
      ...(model ? ["--model", model] : []),
      ...headless,
      ...settingsOf(call).flatMap((setting) => ["--config", setting]),
      ...resumeWords(order),
      "-",
    ],
    env: { ...call.environment, ...signIn(call), HOME: call.homePath },
    stdin: order.prompt,
    readOnly: call.program.readOnly,
  };
}

/** Without plugins, apps, analytics and updates a run starts seconds sooner where the network is closed. */
const headless = [
  ...["--json", "--color", "never", "--skip-git-repo-check", "--ignore-user-config"],
  ...["--disable", "plugins", "--disable", "apps"],
];

function settingsOf({ baseUrl, environment, guidance }: EngineCall): string[] {
  const [keyName] = Object.keys(environment);
  const provider = { name: "custom", base_url: baseUrl, wire_api: "responses", ...(keyName && { env_key: keyName }) };
  return [
    'approval_policy="never"',
    "analytics.enabled=false",
    "check_for_update_on_startup=false",
    // The commands it runs do not see the key it is signed in with.
    "shell_environment_policy.ignore_default_excludes=false",
    "sandbox_workspace_write.exclude_slash_tmp=true",
    'project_doc_fallback_filenames=["CLAUDE.md"]',
    ...(guidance ? [`developer_instructions=${JSON.stringify(guidance)}`] : []),
    ...(baseUrl ? ['model_provider="chargehand"', `model_providers.chargehand=${inlineTable(provider)}`] : []),
  ];
}

/** TOML; its basic strings are written like those of JSON. */
function inlineTable(entries: Readonly<Record<string, string | undefined>>): string {
  return `{${Object.entries(entries)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(",")}}`;
}

/** Codex itself reads its key from CODEX_API_KEY, but people have it as OPENAI_API_KEY. */
function signIn({ environment }: EngineCall): Record<string, string> {
  const key = environment.CODEX_API_KEY ?? environment.OPENAI_API_KEY;
  return key ? { CODEX_API_KEY: key } : {};
}

function resumeWords({ resume }: EngineOrder): string[] {
  if (resume === undefined) return [];
  return ["resume", resume === "last" ? "--last" : resume.threadId];
}
