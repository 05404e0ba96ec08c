import { type OptionTable, options } from "./options.ts";
import type { RuleId } from "./rules.ts";

/** How the policy sees a coding engine's command line: one headless form, and which values its options take. */
export interface Agent {
  readonly rule: RuleId;
  /** The subcommand that runs a prompt; Claude Code has none. */
  readonly verb?: string;
  readonly options: OptionTable;
  /** What a value must look like; a value without an entry here is free. */
  readonly values: Readonly<Record<string, RegExp | "file">>;
  /** An option without which it would wait at a terminal. */
  readonly needs?: string;
  readonly prompts: "one" | "several";
  /** Whether `resume <UUID>` or `resume --last` may stand before the prompt. */
  readonly resumes: boolean;
  /** Other command lines that are taken as they stand. */
  readonly also: readonly string[];
  /** Words that it would take for a subcommand in a prompt's place. */
  readonly verbs: ReadonlySet<string>;
  readonly form: string;
}

export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const word = /^[A-Za-z0-9][\w.:/@[\]-]*$/;

/** Settings of Codex that change how it thinks and nothing else. */
const codexSetting =
  /^model_(reasoning_effort|reasoning_summary|verbosity)=("?)(none|minimal|low|medium|high|xhigh|auto|concise|detailed)\2$/;

/** Tools of Claude Code that read and edit files; none that runs a command or reaches the network. */
const claudeTool = "(Read|Grep|Glob|LS|Edit|Write|MultiEdit|NotebookEdit|TodoWrite)";
const claudeTools = new RegExp(`^${claudeTool}([\\s,]+${claudeTool})*$`);

export const agents = {
  codex: {
    rule: "A1",
    verb: "exec",
    options: options({
      flags: "--json --skip-git-repo-check --ephemeral --ignore-user-config --full-auto --last",
      valued: "-m --model -s --sandbox --color -o --output-last-message --output-schema -i --image -c --config",
    }),
    values: {
      "-m": word,
      "--model": word,
      "-s": /^(read-only|workspace-write)$/,
      "--sandbox": /^(read-only|workspace-write)$/,
      "--color": /^(never|auto|always)$/,
      "-o": "file",
      "--output-last-message": "file",
      "--output-schema": "file",
      "-i": "file",
      "--image": "file",
      "-c": codexSetting,
      "--config": codexSetting,
    },
    prompts: "one",
    resumes: true,
    also: ["--version"],
    verbs: new Set(["resume", "review", "help", "fork"]),
    form: 'codex exec "<prompt>"',
  },
  claude: {
    rule: "A2",
    options: options({
      clusters: false,
      flags:
        "-p --print --verbose -c --continue --restricted --safe-mode --bare --strict-mcp-config --no-session-persistence " +
        "--fork-session --include-partial-messages",
      valued:
        "--output-format --model --fallback-model --effort --append-system-prompt --json-schema --max-budget-usd " +
        "--permission-mode --permission-prompts --resume -r --session-id --allowedTools --allowed-tools --disallowedTools " +
        "--disallowed-tools",
    }),
    values: {
      "--output-format": /^(text|json|stream-json)$/,
      "--model": word,
      "--fallback-model": word,
      "--effort": word,
      "--max-budget-usd": /^\d+(\.\d+)?$/,
      "--permission-mode": /^(plan|acceptEdits|dontAsk|manual|default)$/,
      "--permission-prompts": /^none$/,
      "--resume": uuid,
      "-r": uuid,
      "--session-id": uuid,
      "--allowedTools": claudeTools,
      "--allowed-tools": claudeTools,
    },
    needs: "-p --print",
    prompts: "one",
    resumes: false,
    also: ["--version"],
    verbs: new Set(
      (
        "agents auth auto-mode completion config doctor gateway help install login logout mcp migrate-installer plugin " +
        "plugins project rc remote-control server setup-token ssh ultrareview update upgrade"
      ).split(" "),
    ),
    form: 'claude -p "<prompt>"',
  },
  opencode: {
    rule: "A3",
    verb: "run",
    options: options({
      clusters: false,
      flags: "-c --continue --thinking --pure --print-logs --fork",
      valued: "-m --model --agent --format --title --variant -s --session --log-level -f --file",
    }),
    values: {
      "-m": word,
      "--model": word,
      "--agent": /^(build|plan)$/,
      "--format": /^(default|json)$/,
      "--variant": word,
      "-s": word,
      "--session": word,
      "--log-level": word,
      "-f": "file",
      "--file": "file",
    },
    prompts: "several",
    resumes: false,
    also: ["--version", "models"],
    verbs: new Set<string>(),
    form: 'opencode run "<message>"',
  },
} as const satisfies Record<string, Agent>;

/** A5: an engine by the name that the operator gave it. */
export const engineOptions = options({ clusters: false, valued: "--resume --model" });

export const engineValue = word;
