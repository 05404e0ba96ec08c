import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, resolve } from "node:path";
import { findProgram } from "../../platform/find-program.ts";
import type { EngineProgram } from "./engine.ts";
import type { ChosenEngine } from "./registry.ts";

export interface ProgramPlaces {
  /** Folders as in PATH. */
  readonly searchPath: string;
  /** What a relative command of the configuration is relative to. */
  readonly folder: string;
}

/** Where an engine's program is, or nothing when it is not installed. */
export function findEngineProgram(
  { engine, settings }: ChosenEngine,
  { searchPath, folder }: ProgramPlaces,
): EngineProgram | undefined {
  if (engine.ownProgram) return engine.ownProgram;
  const [name = engine.defaultProgram, ...leading] = settings.command ?? [];
  const found = name.includes("/") ? programAt(resolve(folder, name)) : findProgram([name], searchPath);
  if (found === undefined) return undefined;
  const program = engine.candidates?.(found).find(existsSync) ?? found;
  const argv = [program, ...leading.map((word) => (word.startsWith("./") ? resolve(folder, word) : word))];
  return { argv, readOnly: argv.filter((word) => isAbsolute(word) && existsSync(word)).flatMap(whatItNeeds) };
}

function programAt(path: string): string | undefined {
  return findProgram([basename(path)], dirname(path));
}

/** The path itself and what it leads to: an installed package as a whole, or else one file. */
function whatItNeeds(path: string): string[] {
  const real = realpathSync(path);
  const [, installed] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(real) ?? [];
  return [...new Set([path, installed ?? real])];
}
