import { spawn } from "node:child_process";
import { AppError, diskFull } from "../core/error.ts";
import { searchPath } from "./child-environment.ts";
import { yieldToOthers } from "./process/patience.ts";

export interface GitCall {
  readonly cwd: string;
  /** Set together with `workTree` and `indexFile` where files are read without trusting the `.git` beside them. */
  readonly gitDir?: string;
  readonly workTree?: string;
  readonly indexFile?: string;
  readonly input?: string | Buffer;
  /** Nobody waits for it: it runs behind everything else that wants the processor. */
  readonly isPatient?: boolean;
}

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the harness's own git and returns its standard output. Throws what `gitFailure` makes of git's own words. */
export async function git(args: readonly string[], call: GitCall, signal: AbortSignal): Promise<string> {
  const result = await tryGit(args, call, signal);
  if (result.exitCode === 0) return result.stdout;
  throw gitFailure(`${args[0]}`, result);
}

/** The parts of what git prints with `-z`. */
export function listed(output: string): string[] {
  return output.split("\0").filter((part) => part !== "");
}

/** "disk-full" where git found no room, for that passes; otherwise "git-failed". */
export function gitFailure(command: string, { exitCode, stderr }: Pick<GitResult, "exitCode" | "stderr">): AppError {
  const words = stderr.trim().split("\n").slice(-3).join(" ").slice(0, 500);
  const failure = new AppError("git-failed", `git ${command} failed: ${words || `exit code ${exitCode}`}`);
  return foundNoRoom(stderr) ? diskFull(failure) : failure;
}

/**
 * ENOSPC and EDQUOT in the C locale, and git's own words for a short write. Of some writes git does not say why they
 * failed, a ref's and a checked-out file's among them: what could be opened and not be written has met a full disk.
 */
function foundNoRoom(stderr: string): boolean {
  if (/No space left on device|Disk quota exceeded|Out of diskspace/i.test(stderr)) return true;
  const isWithoutReason = /\b(?:couldn't|could not|unable to|failed to) write\b(?!.*: )/im.test(stderr);
  return isWithoutReason && !/permission|read-only/i.test(stderr);
}

/** The same where a non-zero exit code is an answer: a conflict, a missing ref. */
export function tryGit(args: readonly string[], call: GitCall, signal: AbortSignal): Promise<GitResult> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<GitResult>();
  const child = spawn("git", args, { cwd: call.cwd, env: gitEnvironment(call), stdio: "pipe", signal });
  if (call.isPatient) yieldToOthers(child);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.once("error", (error) => reject(signal.aborted ? signal.reason : notStarted(error)));
  child.once("close", (exitCode) =>
    resolve({
      exitCode: exitCode ?? -1,
      stdout: Buffer.concat(stdout).toString(),
      stderr: Buffer.concat(stderr).toString(),
    }),
  );
  child.stdin.on("error", () => {}); // git may end before it has read all: its exit code says so
  child.stdin.end(call.input);
  return promise;
}

function notStarted(cause: Error): AppError {
  return new AppError(
    "git-failed",
    "git could not be started. Install git 2.38 or newer; `chargehand doctor` checks it.",
    { cause },
  );
}

/**
 * Nothing of the machine's or a repository's configuration may run a program or change a result here: no hooks, no
 * file monitor, no replace refs and no grafts, no system or global configuration, no transport but local files, no submodule.
 */
function gitEnvironment({ gitDir, workTree, indexFile }: GitCall): Record<string, string> {
  const settings = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.quotePath": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "commit.gpgSign": "false",
    "submodule.recurse": "false",
    "protocol.allow": "never",
    "protocol.file.allow": "always",
    // The operator named these folders; whoever owns them, reading them here is meant.
    "safe.directory": "*",
  };
  const numbered = Object.entries(settings).flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return {
    // An entry that is relative or empty would make git a program of the worktree we stand in.
    PATH: searchPath(process.env.PATH),
    LC_ALL: "C.UTF-8",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_GRAFT_FILE: "/dev/null",
    GIT_CONFIG_COUNT: String(Object.keys(settings).length),
    ...Object.fromEntries(numbered),
    ...identity,
    ...(gitDir !== undefined && { GIT_DIR: gitDir }),
    ...(workTree !== undefined && { GIT_WORK_TREE: workTree }),
    ...(indexFile !== undefined && { GIT_INDEX_FILE: indexFile }),
  };
}

const identity = {
  GIT_AUTHOR_NAME: "Chargehand",
  GIT_AUTHOR_EMAIL: "chargehand@localhost",
  GIT_COMMITTER_NAME: "Chargehand",
  GIT_COMMITTER_EMAIL: "chargehand@localhost",
};
