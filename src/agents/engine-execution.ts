import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { EngineEvent, Usage } from "../core/engine-event.ts";
import { AppError } from "../core/error.ts";
import type { StepTrees } from "../core/evidence/step-changes.ts";
import { type ProcessOptions, type ProcessResult, runProcess } from "../platform/process.ts";
import { visibleText } from "../platform/visible-text.ts";
import { EngineEars } from "./engine-ears.ts";
import type { EngineThreads } from "./engine-threads.ts";
import type { EngineLaunch, EngineOrder } from "./engines/engine.ts";
import { engineNameOf, orderOf } from "./engines/registry.ts";
import { type CommandToRun, howItEnded, notRun, type Surroundings, sandboxOption, shownOutput } from "./execution.ts";
import type { Execution } from "./gate.ts";
import { type Engines, hostsOf, type ReadyEngine } from "./ready-engine.ts";

export interface EngineSurroundings extends Surroundings {
  readonly engines: Engines;
  /** Folder of this job under which each engine has a home of its own. */
  readonly engineHomes: string;
  readonly guidance: string;
  /** The tree hash of a worktree's files: what an engine did is seen there, not in its words. */
  readonly treeOf: (worktreePath: string) => Promise<string>;
  readonly countedBefore: (threadId: string) => Usage | undefined;
  readonly threads: EngineThreads;
  readonly onSpent: (spending: { model: string; usage: Usage; threadId?: string | undefined }) => Promise<void>;
}

/**
 * Lets an engine work in a worktree, and reports what it said beside what it changed. A thread that gives nothing when it
 * is gone on with is set aside, and a fresh one gets the same order.
 */
export async function runEngine(
  surroundings: EngineSurroundings,
  command: CommandToRun,
  signal: AbortSignal,
): Promise<Execution> {
  const start = await prepare(surroundings, command, signal);
  if ("reason" in start) return notRun(start.reason);
  const { threads } = surroundings;
  const { ready, order, afresh } = start;
  const { name } = ready;
  using seat = await threads.enter(name, order.resume, signal);
  const listen = (event: EngineEvent) => {
    if (event.type === "started" && event.threadId !== undefined) seat.learn(event.threadId);
    command.onEngineEvent(event);
  };
  const heard = { ...command, onEngineEvent: listen };

  if (!threads.isLost(name, order.resume)) {
    const outcome = await runOnce(surroundings, start, heard, signal);
    const isLost = outcome.completed.failure === "thread-lost";
    if (isLost) threads.setAside(name, order.resume, outcome.completed.threadId);
    else if (order.resume === undefined && outcome.completed.ok) threads.begun(name);
    if (!isLost || hasChanged(outcome) || afresh === undefined) return executionOf(outcome, surroundings);
  }
  if (afresh === undefined) return notRun("The thread is lost. Order without resuming it.");
  command.onEngineEvent(freshStart);
  const outcome = await runOnce(surroundings, { ...start, ...afresh }, heard, signal);
  if (outcome.completed.ok) threads.begun(name);
  return executionOf({ ...outcome, note: freshStart.title }, surroundings);
}

const freshStart = {
  type: "action",
  id: "fresh-start",
  kind: "other",
  title: "The thread gave nothing and is set aside; a fresh one was started.",
  phase: "completed",
} as const satisfies EngineEvent;

async function runOnce(
  surroundings: EngineSurroundings,
  start: EngineStart,
  command: CommandToRun,
  signal: AbortSignal,
): Promise<Outcome> {
  const { ready, order } = start;
  const { worktree, onEngineEvent } = command;
  const { countedBefore, onSpent, treeOf } = surroundings;
  const ears = new EngineEars(
    ready.engine.reader({ order, worktreePath: worktree.path, countedBefore }),
    onEngineEvent,
  );

  const before = await treeOf(worktree.path);
  const result = await runProcess(processOf(surroundings, start, command, ears), signal);
  signal.throwIfAborted();
  const completed = ears.close({
    exitCode: result.exitCode,
    stderr: result.stderr.text,
    reason: whyWeEndedIt(result),
  });
  const { usage, threadId } = completed;
  const model = order.model ?? ready.settings.model ?? ready.name;
  if (usage !== undefined) await onSpent({ model, usage, threadId });
  const trees = { before, after: await treeOf(worktree.path) };
  return { name: ready.name, result, completed, trees };
}

interface EngineStart {
  readonly ready: ReadyEngine;
  readonly order: EngineOrder;
  readonly launch: EngineLaunch;
  readonly homePath: string;
  /** The same order for a fresh thread, where it would go on with an old one. */
  readonly afresh?: { readonly order: EngineOrder; readonly launch: EngineLaunch };
}

/** An order that cannot be carried out as it stands is the orchestrator's to mend, so it is told why. */
async function prepare(
  { engines, engineHomes, guidance }: EngineSurroundings,
  { argv, worktree }: CommandToRun,
  signal: AbortSignal,
): Promise<EngineStart | { readonly reason: string }> {
  try {
    const ready = await engines.ready(engineNameOf(argv) ?? "", signal);
    const { name, engine, settings, program, environment } = ready;
    const homePath = join(engineHomes, name);
    await mkdir(homePath, { recursive: true, mode: 0o700 });
    const order = orderOf(engine, argv);
    const { model, baseUrl } = settings;
    const call = { program, worktreePath: worktree.path, homePath, environment, model, baseUrl, guidance };
    const start = { ready, order, launch: engine.launch(order, call), homePath };
    const { resume, ...fresh } = order;
    if (resume === undefined) return start;
    const alone = { ...fresh, prompt: `${withoutMemory}\n\n${order.prompt}` };
    return { ...start, afresh: { order: alone, launch: engine.launch(alone, call) } };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) return { reason: error.message };
    throw error;
  }
}

const withoutMemory =
  "An earlier conversation about this work is lost. What was done before lies in the files: look at git status and git diff first.";

function processOf(
  surroundings: EngineSurroundings,
  { ready, launch, homePath }: EngineStart,
  { worktree, callId }: CommandToRun,
  ears: EngineEars,
): ProcessOptions {
  return {
    argv: launch.argv,
    cwd: worktree.path,
    env: surroundings.environment(launch.env),
    stdin: launch.stdin,
    timeoutMs: surroundings.commandTimeoutMs,
    silenceMs: surroundings.stallMs,
    output: { ...shownOutput, file: surroundings.outputFile(callId) },
    redact: surroundings.redactor,
    onLine: (line, stream) => ears.hear(line, stream),
    isProgress: () => ears.heardProgress,
    ...sandboxOption(surroundings, worktree, {
      network: { hosts: hostsOf(ready) },
      home: homePath,
      readOnly: launch.readOnly,
    }),
  };
}

function whyWeEndedIt(result: ProcessResult): string | undefined {
  switch (result.ended) {
    case "exited":
      return undefined;
    case "silence":
      return "ended: it made no progress for too long";
    default:
      return howItEnded(result);
  }
}

type Completed = Extract<EngineEvent, { type: "completed" }>;

interface Outcome {
  readonly name: string;
  readonly result: ProcessResult;
  /** What the person and the orchestrator should know of how it was run. */
  readonly note?: string;
  readonly completed: Completed;
  /** Measured, not said. */
  readonly trees: StepTrees;
}

function executionOf(outcome: Outcome, { redactor }: EngineSurroundings): Execution {
  const { completed, trees, result, note } = outcome;
  const { ended, exitCode, durationMs, bytes } = result;
  const text = redactor.text(visibleText(reportOf(outcome)));
  const trouble = completed.ok ? undefined : (completed.error ?? howItEnded(result)).slice(0, 300);
  const detail = trouble ?? (hasChanged(outcome) ? note : (note ?? "changed no file"));
  return { ok: completed.ok, text, detail, ended, exitCode, durationMs, bytes, trees };
}

function hasChanged({ trees }: Outcome): boolean {
  return trees.before !== trees.after;
}

/** For the orchestrator: what was measured first, what was said after it, and marked as such. */
function reportOf(outcome: Outcome): string {
  const { name, completed, note } = outcome;
  const { ok, answer, error, failure, threadId } = completed;
  return [
    note ?? "",
    ok ? `${name} came to its end.` : `${name} failed: ${error ?? "no reason given"}`,
    failure === undefined ? "" : whatToDo[failure],
    hasChanged(outcome)
      ? "Measured: files in the worktree changed. Read git status and git diff for what changed."
      : "Measured: no file in the worktree changed.",
    threadId === undefined || failure === "thread-lost" ? "" : `Thread: ${threadId}`,
    answer.trim() === "" ? "" : `${name} says (a claim, not a measurement):\n${answer.trim()}`,
  ]
    .filter((part) => part !== "")
    .join("\n");
}

const whatToDo: Record<NonNullable<Completed["failure"]>, string> = {
  "thread-lost": "The thread is gone. Start a fresh one: order without resuming, and say all that it must know.",
  limited: "Its service takes no more for now. Another engine may go on, or this one later.",
};
