import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../core/error.ts";
import { findProgram } from "./find-program.ts";

/** A server process that was asked to start. It may lose the race for the directory and end at once. */
export interface ServerProcess {
  /** Set once the process has ended. */
  readonly ended: ServerEnd | undefined;
  stop(): Promise<void>;
}

export interface ServerEnd {
  /** Another server holds the directory; that is no failure. */
  readonly directoryTaken: boolean;
  readonly lastWords: string;
}

/** What `flock -E` exits with when another server holds the lock. */
const lockTakenExitCode = 75;
const graceMs = 5_000;

/**
 * Starts a Redis that listens on a socket only, appends every write to disk, and ends with this process. The server
 * itself holds a kernel lock on its directory for as long as it lives, so a directory never has two.
 */
export function startRedisServer(
  program: string,
  { directory, socket }: { directory: string; socket: string },
): ServerProcess {
  const server = [program, ...serverArguments(directory, socket)];
  const child = process.platform === "linux" ? spawnOnLinux(server, directory) : spawnOnBsd(server, directory);
  if (child === undefined) return { ended: { directoryTaken: true, lastWords: "" }, stop: async () => {} };
  return watch(child);
}

function serverArguments(directory: string, socket: string): string[] {
  const settings = {
    port: "0",
    unixsocket: socket,
    unixsocketperm: "700",
    dir: directory,
    appendonly: "yes",
    appendfsync: "everysec",
    save: "",
    "maxmemory-policy": "noeviction",
    daemonize: "no",
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

/** setpriv(1) lets the kernel end the server with us, however we end; flock(1) takes the lock. Both then become it. */
function spawnOnLinux(server: readonly string[], directory: string): ChildProcess {
  const setpriv = findProgram(["setpriv"]);
  const flock = findProgram(["flock"]);
  if (setpriv === undefined || flock === undefined) {
    const remedy = "Install util-linux, or set REDIS_URL.";
    throw new AppError("redis-unavailable", "A private Redis needs setpriv and flock.", { remedy });
  }
  const lock = [flock, "--nonblock", "--no-fork", "--conflict-exit-code", `${lockTakenExitCode}`, lockFile(directory)];
  return spawnDetached([setpriv, "--pdeathsig", "TERM", ...lock, ...server], directory);
}

/** BSD and macOS lock a file while they open it (open(2), O_EXLOCK); the server inherits the open file. */
function spawnOnBsd(server: readonly string[], directory: string): ChildProcess | undefined {
  const exclusiveLock = 0x20;
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | exclusiveLock;
  let lock: number;
  try {
    lock = openSync(lockFile(directory), flags, 0o600);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return undefined;
    throw error;
  }
  try {
    return spawnDetached(server, directory, [lock]);
  } finally {
    closeSync(lock);
  }
}

function lockFile(directory: string): string {
  return join(directory, "server.lock");
}

/** Detached, or the Ctrl-C that asks us to end in good order would end Redis first. It needs none of our secrets. */
function spawnDetached(
  [program = "", ...args]: readonly string[],
  cwd: string,
  inherited: number[] = [],
): ChildProcess {
  const env = { PATH: process.env.PATH, LC_ALL: "C.UTF-8" };
  return spawn(program, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe", ...inherited] });
}

function watch(child: ChildProcess): ServerProcess {
  let ended: ServerEnd | undefined;
  let words = "";
  const end = (exitCode: number | null) => {
    ended ??= { directoryTaken: exitCode === lockTakenExitCode, lastWords: words.trim().split("\n").at(-1) ?? "" };
  };
  const gone = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      words = error.message;
      end(null);
      resolve();
    });
    child.once("close", (exitCode) => {
      end(exitCode);
      resolve();
    });
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      words = (words + chunk).slice(-4_000);
    });
  }
  return {
    get ended() {
      return ended;
    },
    async stop() {
      child.kill("SIGTERM");
      const impatience = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await gone;
      clearTimeout(impatience);
    },
  };
}
