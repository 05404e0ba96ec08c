import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { EngineEvent, Usage } from "../core/engine-event.ts";
import { AppError } from "../core/error.ts";
import { runProcess } from "../platform/process.ts";
import { visibleText } from "../platform/visible-text.ts";
import { orderOf } from "./engines/registry.ts";
import {
  type CommandToRun,
  howItEnded,
  missingProgram,
  type Surroundings,
  sandboxOption,
  shownOutput,
} from "./execution.ts";
import type { Execution } from "./gate.ts";
import { hostsOf, type ReadyEngine } from "./ready-engine.ts";

export interface EngineSurroundings extends Surroundings {
  /** Folder of this job under which each engine has a home of its own. */
  readonly engineHomes: string;
  readonly guidance: string;
  /** The tree hash of a worktree's files: what an engine did is seen there, not in its words. */
  readonly treeOf: (worktreePath: string) => Promise<string>;
  readonly countedBefore: (threadId: string) => Usage | undefined;
  readonly onSpent: (engine: string, usage: Usage, threadId: string | undefined) => Promise<void>;
}

/** Lets an engine work in a worktree, and reports what it said beside what it changed. */
export async function runEngine(
  surroundings: EngineSurroundings,
  ready: ReadyEngine,
  command: CommandToRun,
  signal: AbortSignal,
): Promise<Execution> {
  const { name, engine, settings, program, environment } = ready;
  if (program === undefined) return missingProgram(name);
  const { worktree, callId, onEngineEvent } = command;
  const homePath = join(surroundings.engineHomes, name);
  await mkdir(homePath, { recursive: true, mode: 0o700 });

  const order = orderOf(engine, command.argv);
  const launch = engine.launch(order, {
    program,
    worktreePath: worktree.path,
    homePath,
    environment,
    model: settings.model,
    baseUrl: settings.baseUrl,
    guidance: surroundings.guidance,
  });
  const reader = engine.reader({ order, countedBefore: surroundings.countedBefore });
  const before = await surroundings.treeOf(worktree.path);
  const result = await runProcess(
    {
      argv: launch.argv,
      cwd: worktree.path,
      env: surroundings.environment(launch.env),
      stdin: launch.stdin,
      timeoutMs: surroundings.commandTimeoutMs,
      silenceMs: surroundings.stallMs,
      output: { ...shownOutput, file: surroundings.outputFile(callId) },
      redact: surroundings.redactor,
      onLine: (line, stream) => {
        if (stream === "stdout") for (const event of reader.read(line)) onEngineEvent(event);
      },
      ...sandboxOption(surroundings, worktree, {
        network: { hosts: hostsOf(ready) },
        home: homePath,
        readOnly: launch.readOnly,
      }),
    },
    signal,
  );
  signal.throwIfAborted();
  const reason = result.ended === "exited" ? undefined : howItEnded(result);
  const events = reader.end({ exitCode: result.exitCode, stderr: result.stderr.text, reason });
  for (const event of events) onEngineEvent(event);
  const completed = completionOf(events);
  if (completed.usage !== undefined) await surroundings.onSpent(name, completed.usage, completed.threadId);

  const changed = (await surroundings.treeOf(worktree.path)) !== before;
  const { ended, exitCode, durationMs, bytes } = result;
  const text = surroundings.redactor.text(visibleText(reportOf(name, completed, changed)));
  const detail = completed.ok
    ? changed
      ? undefined
      : "changed no file"
    : (completed.error ?? howItEnded(result)).slice(0, 300);
  return { ok: completed.ok, text, detail, ended, exitCode, durationMs, bytes };
}

type Completed = Extract<EngineEvent, { type: "completed" }>;

function completionOf(events: readonly EngineEvent[]): Completed {
  const completed = events.find((event) => event.type === "completed");
  if (completed === undefined) throw new AppError("internal", "An engine's reader ended without saying how.");
  return completed;
}

/** For the orchestrator: what was measured first, what was said after it, and marked as such. */
function reportOf(name: string, { ok, answer, error, threadId }: Completed, changed: boolean): string {
  return [
    ok ? `${name} came to its end.` : `${name} failed: ${error ?? "no reason given"}`,
    changed
      ? "Measured: files in the worktree changed. Read git status and git diff for what changed."
      : "Measured: no file in the worktree changed.",
    threadId === undefined ? "" : `Thread: ${threadId}`,
    answer.trim() === "" ? "" : `${name} says (a claim, not a measurement):\n${answer.trim()}`,
  ]
    .filter((part) => part !== "")
    .join("\n");
}
