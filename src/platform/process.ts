import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { BoundedText } from "./bounded-output.ts";
import { type Launch, type LaunchOptions, prepareLaunch, whyNotStartable } from "./process/launch.ts";
import { newMarker } from "./process/lifeline.ts";
import { type OutputOptions, ProcessOutput } from "./process/process-output.ts";
import { endTree, type ProcessTree } from "./process/process-tree.ts";
import { Silence } from "./process/silence.ts";

export interface ProcessOptions extends LaunchOptions, OutputOptions {
  /** Without it, whoever reads stdin finds its end at once. */
  readonly stdin?: string;
  readonly timeoutMs: number;
  /** Ends a command that prints nothing for this long. */
  readonly silenceMs?: number;
  /** Between the polite request to end and the kill. */
  readonly graceMs?: number;
}

export interface ProcessResult {
  /** `cancelled` means that the signal was aborted: its reason says why. */
  readonly ended: "exited" | "timeout" | "silence" | "cancelled" | "not_started";
  /** Why it was not started, as a sentence. */
  readonly reason?: string;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly durationMs: number;
  readonly stdout: BoundedText;
  readonly stderr: BoundedText;
  /** All that was printed, before anything was redacted or left out. */
  readonly bytes: number;
  /** Descendants that not even a kill ended. Not 0: files may still change under whoever looks at them. */
  readonly survivors: number;
}

/**
 * Runs one command to its end and answers how that went; a command that fails, hangs, floods or does not exist is an
 * answer, never a rejection. When the promise settles, nothing that the command started is alive. It rejects only for
 * failures of ours: the output file cannot be written, or `onLine` throws.
 *
 * Plain spawn, because execa costs about as much again as the spawn itself.
 */
export async function runProcess(options: ProcessOptions, signal: AbortSignal): Promise<ProcessResult> {
  const startedAt = performance.now();
  const silence = new Silence();
  await using output = new ProcessOutput(options, () => silence.broken());

  const fate = await liveAndDie(options, { output, silence }, signal);
  await output.close();

  return { ...fate, ...output.result(), durationMs: performance.now() - startedAt };
}

type Fate = Pick<ProcessResult, "ended" | "reason" | "exitCode" | "signal" | "survivors">;

interface Ears {
  readonly output: ProcessOutput;
  readonly silence: Silence;
}

const neverLived = { exitCode: null, signal: null, survivors: 0 };
const defaultGraceMs = 300;
/** Once everybody we know is dead, a pipe that stays open and silent this long belongs to somebody we cannot find. */
const drainMs = 250;

async function liveAndDie(options: ProcessOptions, { output, silence }: Ears, signal: AbortSignal): Promise<Fate> {
  const problem = whyNotStartable(options);
  if (problem !== undefined) return { ended: "not_started", reason: problem, ...neverLived };
  if (signal.aborted) return { ended: "cancelled", ...neverLived };

  await using launch = await prepareLaunch(options, newMarker());
  const tree = await start(launch, options);
  if (typeof tree === "string") return { ended: "not_started", reason: tree, ...neverLived };
  listen(tree.child, output);

  let ended: Fate["ended"];
  let survivors = 0;
  try {
    ended = await whyItEnds(tree, options, { output, silence }, signal);
  } finally {
    survivors = await endTree(tree, options.graceMs ?? defaultGraceMs);
  }
  await Promise.race([output.ended(), silence.lasts(drainMs)]);
  silence.stop();
  return { ended, exitCode: tree.child.exitCode, signal: tree.child.signalCode, survivors };
}

/** The running command, or why the system refused it, as a sentence. */
async function start(launch: Launch, { cwd, stdin }: ProcessOptions): Promise<ProcessTree | string> {
  const [program = "", ...args] = launch.argv;
  try {
    const child = spawn(program, args, {
      cwd,
      env: launch.env,
      // A session, and so a process group, of its own.
      detached: true,
      stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    await once(child, "spawn");
    child.on("error", () => {});
    // It may end without having read what it was given.
    child.stdin?.on("error", () => {}).end(stdin);
    const { marker, isContained } = launch;
    return {
      child,
      pid: child.pid ?? 0,
      marker,
      isContained,
      exited: new Promise((resolve) => child.once("exit", resolve)),
    };
  } catch (error) {
    return `${program} could not be started: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

function listen(child: ChildProcess, output: ProcessOutput): void {
  if (child.stdout) output.read(child.stdout, "stdout");
  if (child.stderr) output.read(child.stderr, "stderr");
}

function whyItEnds(
  tree: ProcessTree,
  { timeoutMs, silenceMs }: ProcessOptions,
  { output, silence }: Ears,
  signal: AbortSignal,
): Promise<Fate["ended"]> {
  const { promise, resolve, reject } = Promise.withResolvers<Fate["ended"]>();
  const cancel = () => resolve("cancelled");
  const deadline = setTimeout(resolve, timeoutMs, "timeout");
  signal.addEventListener("abort", cancel, { once: true });
  tree.exited.then(() => resolve("exited"));
  output.ended().catch(reject);
  if (silenceMs !== undefined) silence.lasts(silenceMs).then(() => resolve("silence"));
  return promise.finally(() => {
    clearTimeout(deadline);
    signal.removeEventListener("abort", cancel);
    silence.stop();
  });
}
