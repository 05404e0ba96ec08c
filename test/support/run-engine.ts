import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { Engine, EngineCall, EngineOrder, EngineRun } from "../../src/agents/engines/engine.ts";
import type { EngineEvent } from "../../src/core/engine-event.ts";
import { never } from "./project.ts";

export interface EngineToRun extends Pick<EngineRun, "countedBefore"> {
  readonly order: EngineOrder;
  readonly call: EngineCall;
  readonly onEvent?: (event: EngineEvent) => void;
}

export interface EngineOutcome {
  readonly events: EngineEvent[];
  readonly completed: Extract<EngineEvent, { type: "completed" }>;
  readonly exitCode: number | null;
  readonly stderr: string;
}

/** Runs an engine to its end in its worktree, with nothing but its launch: no gate, no sandbox. The signal kills it. */
export async function runEngine(
  engine: Engine,
  { order, call, countedBefore, onEvent }: EngineToRun,
  signal: AbortSignal = never,
): Promise<EngineOutcome> {
  const launch = engine.launch(order, call);
  const temporary = await mkdtemp(join(dirname(call.homePath), "tmp-"));
  const [program = "", ...args] = launch.argv;
  const child = spawn(program, args, {
    cwd: call.worktreePath,
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", TMPDIR: temporary, LANG: "C.UTF-8", ...launch.env },
  });
  child.stdin.on("error", () => {}).end(launch.stdin);
  const stderr = text(child.stderr);
  const exit = once(child, "close");

  signal.addEventListener("abort", () => child.kill("SIGKILL"), { once: true });

  const reader = engine.reader({ order, worktreePath: call.worktreePath, ...(countedBefore && { countedBefore }) });
  const events: EngineEvent[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    for (const event of reader.read(line)) {
      events.push(event);
      onEvent?.(event);
    }
  }
  const [exitCode] = (await exit) as [number | null];
  events.push(...reader.end({ exitCode, stderr: await stderr }));

  const completed = events.at(-1);
  if (completed?.type !== "completed") throw new Error("An engine's last event must be completed.");
  return { events, completed, exitCode, stderr: await stderr };
}
