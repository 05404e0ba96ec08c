import type { Config, EngineConfig } from "../../core/config.ts";
import { AppError } from "../../core/error.ts";
import { claude } from "./claude.ts";
import { codex } from "./codex.ts";
import { custom, readPlainOrder } from "./custom.ts";
import type { Engine, EngineOrder } from "./engine.ts";
import { opencode } from "./opencode.ts";
import { simulated } from "./simulated.ts";

/** Every kind of engine. A new one is a file beside these and a line here. */
export const engines: Readonly<Record<EngineConfig["kind"], Engine>> = {
  codex,
  claude,
  opencode,
  simulated,
  custom,
};

export interface ChosenEngine {
  readonly engine: Engine;
  readonly settings: EngineConfig;
}

/**
 * The engine of this name or, failing that, of this kind. Unless real engines are wanted, a simulated one takes the place of all but custom ones: it
 * understands the same commands and costs nothing.
 */
export function engineFor(
  name: string,
  { engines: configured }: Pick<Config, "engines">,
  { realEngines }: { readonly realEngines: boolean },
): ChosenEngine {
  const settings = Object.hasOwn(configured, name)
    ? configured[name]
    : Object.values(configured).find(({ kind }) => kind === name);
  if (settings === undefined) {
    const known = Object.keys(configured).join(", ") || "none";
    throw new AppError("not-found", `There is no engine "${name}". The configuration has: ${known}.`);
  }
  const engine = engines[settings.kind];
  if (realEngines || settings.kind === "custom") return { engine, settings };
  return {
    engine: { ...simulated, readOrder: engine.readOrder },
    settings: { kind: "simulated", env: [...simulated.keyNames], hosts: [] },
  };
}

/** The engine's name in a command of the orchestrator: its first word, or the second of `engine <name> …`. */
export function engineNameOf([program, second]: readonly string[]): string | undefined {
  return program === "engine" ? second : program;
}

/** What the command orders, in the engine's own form or in the one that suits all. */
export function orderOf(engine: Engine, argv: readonly string[]): EngineOrder {
  return argv[0] === "engine" ? readPlainOrder(argv) : engine.readOrder(argv);
}

/** Of all variables those this engine may see: the configured ones or, where none are, the ones that sign it in. */
export function environmentFor(
  { engine, settings }: ChosenEngine,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const names = settings.env.length > 0 ? settings.env : engine.keyNames;
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}
