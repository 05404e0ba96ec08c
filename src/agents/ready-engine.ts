import { delimiter } from "node:path";
import type { Config, EngineConfig } from "../core/config.ts";
import type { EngineProgram } from "./engines/engine.ts";
import { findEngineProgram } from "./engines/program.ts";
import { type ChosenEngine, engineFor, environmentFor } from "./engines/registry.ts";

/** An engine that is configured here, as it is on this machine. */
export interface ReadyEngine extends ChosenEngine {
  readonly name: string;
  /** Nothing where it is not installed. */
  readonly program: EngineProgram | undefined;
  /** The few variables of the daemon's that it may see. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface EngineSite {
  readonly config: Config;
  readonly realEngines: boolean;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** What a relative command of the configuration is relative to. */
  readonly directory: string;
}

export function readyEngine(name: string, { config, realEngines, variables, directory }: EngineSite): ReadyEngine {
  const chosen = engineFor(name, config, { realEngines });
  const program = findEngineProgram(chosen, { searchPath: variables.PATH ?? delimiter, folder: directory });
  return { ...chosen, name, program, environment: environmentFor(chosen, variables) };
}

/** The hosts an engine may reach: the configured ones, its other service's, or else its vendor's. */
export function hostsOf({ settings }: ChosenEngine): readonly string[] {
  const { hosts, baseUrl, kind } = settings;
  if (baseUrl !== undefined) return [...hosts, new URL(baseUrl).host];
  return hosts.length > 0 ? hosts : vendorHosts[kind];
}

const vendorHosts: Record<EngineConfig["kind"], readonly string[]> = {
  codex: ["api.openai.com", "auth.openai.com", "chatgpt.com"],
  claude: ["api.anthropic.com", "platform.claude.com"],
  opencode: ["api.openai.com", "api.anthropic.com", "opencode.ai"],
  simulated: [],
  custom: [],
};

/** Whether a command lets an engine work, rather than asking it for its version. */
export function isEngineRun([program, first = "", ...rest]: readonly string[]): boolean {
  if (program === "engine") return true;
  if (program === "codex") return first === "exec";
  if (program === "opencode") return first === "run";
  return program === "claude" && [first, ...rest].some((word) => word === "-p" || word === "--print");
}

/** Told to every engine beside its order. */
export const engineGuidance =
  "Work only inside the current folder. Do not commit, push or touch git's own files: that is done for you. Do not weaken, skip or delete tests. When you are done, say briefly what you changed.";
