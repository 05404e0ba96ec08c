import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type Launch, type LaunchOptions, prepareLaunch, whyNotStartable } from "./launch.ts";
import { coveredFiles } from "./leaked-files.ts";
import { markerName, newMarker } from "./lifeline.ts";
import type { ProcessTree } from "./process-tree.ts";

export interface StartOptions extends LaunchOptions {
  /** Without it, whoever reads stdin finds its end at once. */
  readonly stdin?: string;
}

/** The running command, or why it does not run, as a sentence. */
export async function start(options: StartOptions, resources: AsyncDisposableStack): Promise<ProcessTree | string> {
  const problem = whyNotStartable(options);
  if (problem !== undefined) return problem;
  try {
    return await spawned(await prepareLaunch(options, resources), options.stdin);
  } catch (error) {
    return `${options.argv[0]} could not be started: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Plain spawn, because execa costs about as much again as the spawn itself. */
async function spawned({ argv, cwd, env, isContained }: Launch, stdin: string | undefined): Promise<ProcessTree> {
  const [program = "", ...args] = argv;
  const marker = newMarker();
  const input = stdin === undefined ? "ignore" : "pipe";
  const streams = isContained ? ([input, "pipe", "pipe", "pipe"] as const) : ([input, "pipe", "pipe"] as const);
  const child = spawn(program, args, {
    cwd,
    env: { ...env, [markerName]: marker },
    // A session, and so a process group, of its own.
    detached: true,
    stdio: [...streams, ...coveredFiles(streams.length)],
  });
  await once(child, "spawn");
  child.on("error", () => {});
  // It may end without having read what it was given.
  child.stdin?.on("error", () => {}).end(stdin);
  const status = child.stdio[3];
  return {
    child,
    pid: child.pid ?? 0,
    marker,
    isContained,
    exited: new Promise((resolve) => child.once("exit", resolve)),
    status: status instanceof Readable ? text(status).catch(() => "") : undefined,
  };
}
