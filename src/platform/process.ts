import type { BoundedText } from "./bounded-output.ts";
import { type OutputOptions, ProcessOutput } from "./process/process-output.ts";
import { endTree, type ProcessTree } from "./process/process-tree.ts";
import { Silence } from "./process/silence.ts";
import { type StartOptions, start } from "./process/start.ts";

export interface ProcessOptions extends StartOptions, OutputOptions {
  readonly timeoutMs: number;
  /** Ends a command that prints nothing for this long, or nothing that `isProgress` counts. */
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

async function liveAndDie(options: ProcessOptions, ears: Ears, signal: AbortSignal): Promise<Fate> {
  if (signal.aborted) return { ended: "cancelled", ...neverLived };
  await using resources = new AsyncDisposableStack();
  const tree = await start(options, resources);
  if (typeof tree === "string") return { ended: "not_started", reason: tree, ...neverLived };

  let ended: Fate["ended"];
  let survivors = 0;
  try {
    ended = await whyItEnds(tree, options, ears, signal);
  } finally {
    survivors = await endTree(tree, options.graceMs ?? defaultGraceMs);
  }
  await Promise.race([ears.output.ended(), ears.silence.lasts(drainMs)]);
  ears.silence.stop();

  const reason = ended === "exited" ? await whySandboxFailed(tree, ears.output) : undefined;
  if (reason !== undefined) return { ended: "not_started", reason, ...neverLived, survivors };
  return { ended, exitCode: tree.child.exitCode, signal: tree.child.signalCode, survivors };
}

function whyItEnds(
  { child, exited }: ProcessTree,
  { timeoutMs, silenceMs }: ProcessOptions,
  { output, silence }: Ears,
  signal: AbortSignal,
): Promise<Fate["ended"]> {
  const { promise, resolve, reject } = Promise.withResolvers<Fate["ended"]>();
  const cancel = () => resolve("cancelled");
  const deadline = setTimeout(resolve, timeoutMs, "timeout");
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  if (silenceMs !== undefined) silence.lasts(silenceMs).then(() => resolve("silence"));
  if (child.stdout) output.read(child.stdout, "stdout");
  if (child.stderr) output.read(child.stderr, "stderr");
  output.ended().catch(reject);
  exited.then(() => resolve("exited"));
  return promise.finally(() => {
    clearTimeout(deadline);
    signal.removeEventListener("abort", cancel);
    silence.stop();
  });
}

/** bubblewrap reports an exit code only of a program that it could start; else its own complaint is on stderr. */
async function whySandboxFailed({ status }: ProcessTree, output: ProcessOutput): Promise<string | undefined> {
  if (status === undefined || (await status).includes('"exit-code"')) return undefined;
  const complaint = output.result().stderr.text.trim();
  return `The sandbox could not start it: ${complaint || "it does not say why."}`;
}
