import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { searchPath } from "../../platform/child-environment.ts";
import type { EngineProgram } from "./engine.ts";
import { findEngineProgram, type ProgramPlaces } from "./program.ts";
import { type ChosenEngine, environmentFor } from "./registry.ts";

export interface EngineCheck {
  readonly found: boolean;
  readonly program?: EngineProgram;
  readonly version?: string;
  readonly meetsMinimum: boolean;
  readonly isSignedIn: boolean;
  /** What to do about it, as a sentence; absent when the engine is ready. */
  readonly remedy?: string;
}

export interface CheckDeps extends ProgramPlaces {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Whether an engine could do its work: it is installed, new enough and signed in. */
export async function checkEngine(chosen: ChosenEngine, deps: CheckDeps, signal: AbortSignal): Promise<EngineCheck> {
  const { engine, settings } = chosen;
  const program = findEngineProgram(chosen, deps);
  const isSignedIn =
    engine.keyNames.length === 0 ||
    engine.ownProgram !== undefined ||
    settings.baseUrl !== undefined ||
    Object.keys(environmentFor(chosen, deps.environment)).length > 0;
  if (program === undefined) {
    const name = settings.command?.[0] ?? engine.defaultProgram;
    const remedy = `${name} is not installed. ${engine.install}, or name its path as the engine's command.`;
    return { found: false, meetsMinimum: false, isSignedIn, remedy };
  }
  if (engine.minimumVersion === undefined) return { found: true, program, meetsMinimum: true, isSignedIn };

  const version = await askVersion(program, deps.searchPath, signal);
  const meetsMinimum = version !== undefined && isAtLeast(version, engine.minimumVersion);
  const remedy = remedyFor(chosen, { version, meetsMinimum, isSignedIn });
  return { found: true, program, ...(version && { version }), meetsMinimum, isSignedIn, ...(remedy && { remedy }) };
}

function remedyFor(
  { engine, settings }: ChosenEngine,
  { version, meetsMinimum, isSignedIn }: { version: string | undefined; meetsMinimum: boolean; isSignedIn: boolean },
): string | undefined {
  const command = settings.command?.[0] ?? engine.defaultProgram;
  if (version === undefined) return `${command} does not answer --version. ${engine.install} again.`;
  if (!meetsMinimum) return `${command} is ${version}, older than ${engine.minimumVersion}. ${engine.install} again.`;
  if (isSignedIn) return undefined;
  const names = settings.env.length > 0 ? settings.env : engine.keyNames;
  return `${command} is not signed in. Set ${names.join(" or ")} where the daemon runs.`;
}

/** OpenCode alone takes seconds on a machine that is busy. */
const answerTimeoutMs = 60_000;

/** Runs `--version` in a home of its own, for some programs begin by writing there. */
async function askVersion({ argv }: EngineProgram, path: string, signal: AbortSignal): Promise<string | undefined> {
  const [program = "", ...leading] = argv;
  const home = await mkdtemp(join(tmpdir(), "chargehand-check-"));
  try {
    const { stdout } = await promisify(execFile)(program, [...leading, "--version"], {
      env: { PATH: searchPath(path), HOME: home },
      timeout: answerTimeoutMs,
      killSignal: "SIGKILL",
      signal,
    });
    return /\d+\.\d+\.\d+/.exec(stdout)?.[0];
  } catch {
    signal.throwIfAborted();
    return undefined;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

export function isAtLeast(version: string, minimum: string): boolean {
  return version.localeCompare(minimum, "en", { numeric: true }) >= 0;
}
