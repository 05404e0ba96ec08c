import { delimiter } from "node:path";
import type { Config, EngineConfig } from "../core/config.ts";
import { AppError } from "../core/error.ts";
import type { EngineProgram } from "./engines/engine.ts";
import { checkEngine, type EngineCheck } from "./engines/preflight.ts";
import { findEngineProgram } from "./engines/program.ts";
import { type ChosenEngine, engineFor, environmentFor } from "./engines/registry.ts";

/** An engine that is configured here, as it is on this machine. */
export interface ReadyEngine extends ChosenEngine {
  readonly name: string;
  readonly program: EngineProgram;
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

export interface Engines {
  /** Throws "engine-missing", with the remedy, where it is not installed or too old. */
  ready(name: string, signal: AbortSignal): Promise<ReadyEngine>;
  /** What a person has to do before this engine can work, if anything. */
  remedyFor(name: string, signal: AbortSignal): Promise<string | undefined>;
}

/** The engines of an installation. A program that was new enough is not asked for its version before every order. */
export function openEngines({ config, realEngines, variables, directory }: EngineSite): Engines {
  const places = { searchPath: variables.PATH ?? delimiter, folder: directory };
  const newEnough = new Set<string>();

  const check = async (chosen: ChosenEngine, signal: AbortSignal): Promise<EngineCheck> => {
    const checked = await checkEngine(chosen, { ...places, environment: variables }, signal);
    if (checked.program && checked.meetsMinimum) newEnough.add(checked.program.argv.join(" "));
    return checked;
  };

  return {
    async ready(name, signal) {
      const chosen = engineFor(name, config, { realEngines });
      const installed = findEngineProgram(chosen, places);
      const isKnown = installed !== undefined && newEnough.has(installed.argv.join(" "));
      const program = isKnown ? installed : newEnoughProgram(await check(chosen, signal));
      return { ...chosen, name, program, environment: environmentFor(chosen, variables) };
    },
    async remedyFor(name, signal) {
      return (await check(engineFor(name, config, { realEngines }), signal)).remedy;
    },
  };
}

function newEnoughProgram({ program, meetsMinimum, remedy }: EngineCheck): EngineProgram {
  if (program !== undefined && meetsMinimum) return program;
  throw new AppError("engine-missing", remedy ?? "This engine cannot work here.");
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
