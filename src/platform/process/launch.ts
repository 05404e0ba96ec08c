import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { SandboxProfile } from "../sandbox/profile.ts";
import { markerName } from "./lifeline.ts";

export interface LaunchOptions {
  /** An absolute program, then its arguments. No shell is involved. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly sandbox?: SandboxProfile;
}

/** What is really started, and what has to be put away after it ended. */
export interface Launch extends AsyncDisposable {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What all its processes carry in their environment as `markerName`. */
  readonly marker: string;
  /** Everything runs in a PID namespace that ends with the first process. */
  readonly isContained: boolean;
}

export async function prepareLaunch({ argv, env }: LaunchOptions, marker: string): Promise<Launch> {
  return {
    argv,
    env: { ...env, [markerName]: marker },
    marker,
    isContained: false,
    async [Symbol.asyncDispose]() {},
  };
}

/** Why this cannot be started, as a sentence. Asked before, because a sandbox in between would answer for the program. */
export function whyNotStartable({ argv: [program = ""], cwd }: LaunchOptions): string | undefined {
  if (!isAbsolute(program)) return `"${program}" is not an absolute path, and nothing is searched on the PATH.`;
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return `The folder ${cwd} does not exist.`;
  if (!isExecutable(program)) return `${program} does not exist or may not be run.`;
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
