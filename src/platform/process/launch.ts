import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { AppError } from "../../core/error.ts";
import { launchInBubblewrap } from "../sandbox/launch-in-bubblewrap.ts";
import { launchInSeatbelt } from "../sandbox/launch-in-seatbelt.ts";
import type { SandboxProfile } from "../sandbox/profile.ts";

export interface LaunchOptions {
  /** An absolute program, then its arguments. No shell is involved. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. In a sandbox TMPDIR is the sandbox's, and so is HOME by default. */
  readonly env: Readonly<Record<string, string>>;
  readonly sandbox?: SandboxProfile;
}

/** What is really started for a command. */
export interface Launch {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Everything runs in a PID namespace that ends with its first process, and file descriptor 3 tells how that went. */
  readonly isContained: boolean;
}

/** What the command needs outside while it runs is put on `resources`. */
export async function prepareLaunch(options: LaunchOptions, resources: AsyncDisposableStack): Promise<Launch> {
  const { sandbox, ...plain } = options;
  if (sandbox === undefined) return { ...plain, isContained: false };
  switch (process.platform) {
    case "linux":
      return await launchInBubblewrap(plain, sandbox, resources);
    case "darwin":
      return await launchInSeatbelt(plain, sandbox, resources);
    default:
      throw new AppError("sandbox-unavailable", `Chargehand knows no sandbox for ${process.platform}.`);
  }
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
