import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type EngineSurroundings, runEngine } from "../../src/agents/engine-execution.ts";
import { EngineThreads } from "../../src/agents/engine-threads.ts";
import type { Simulation } from "../../src/agents/engines/simulation.ts";
import type { Execution } from "../../src/agents/gate.ts";
import { openEngines } from "../../src/agents/ready-engine.ts";
import { Config } from "../../src/core/config.ts";
import type { EngineEvent, Usage } from "../../src/core/engine-event.ts";
import { addToThread, type SpentByThread, spentBy } from "../../src/core/spent.ts";
import { createRedactor } from "../../src/platform/secrets/redactor.ts";
import { gitIn, never, temporaryFolder, writeFiles } from "./project.ts";

export interface EngineRoomOptions {
  /** What the simulated engine does; the others are simulated too where it is given. */
  readonly simulation?: Simulation;
  /** As in `chargehand.yaml`; a relative command is a script of `scripts`. */
  readonly engines?: Readonly<Record<string, unknown>>;
  /** Shell scripts by name: programs that play an engine. */
  readonly scripts?: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  readonly stallMs?: number;
}

/** A worktree and all that engines work with, but for a job and a sandbox. */
export interface EngineRoom extends AsyncDisposable {
  readonly folder: string;
  readonly events: EngineEvent[];
  readonly spent: Usage[];
  order(...argv: [string, ...string[]]): Promise<Execution>;
  read(path: string): Promise<string>;
  /** Writes a script anew. */
  script(name: string, text: string): Promise<void>;
}

export async function openEngineRoom(options: EngineRoomOptions): Promise<EngineRoom> {
  const { path: folder, ...disposal } = await temporaryFolder();
  const worktree = { kind: "task", path: join(folder, "task") } as const;
  await writeFiles(worktree.path, options.files);
  gitIn(worktree.path, "init", "--quiet");
  await Promise.all(["outputs", "tmp"].map((name) => mkdir(join(folder, name))));
  await writeFile(join(folder, "simulation.json"), JSON.stringify(options.simulation ?? [{ do: [] }]));

  const events: EngineEvent[] = [];
  const spent: Usage[] = [];
  let counted: SpentByThread = {};
  const surroundings: EngineSurroundings = {
    engines: openEngines({
      config: Config.parse({ projects: {}, engines: options.engines ?? { codex: { kind: "codex" } } }),
      realEngines: options.simulation === undefined,
      variables: { PATH: process.env.PATH, CHARGEHAND_SIMULATION: join(folder, "simulation.json"), CODEX_API_KEY: "k" },
      directory: folder,
    }),
    engineHomes: join(folder, "homes"),
    guidance: "Be brief.",
    treeOf: async (path) => {
      gitIn(path, "add", "--all");
      return gitIn(path, "write-tree");
    },
    countedBefore: (threadId) => spentBy(threadId, counted),
    threads: new EngineThreads(),
    onSpent: async ({ usage, threadId = "" }) => {
      spent.push(usage);
      counted = addToThread(threadId, usage, counted);
    },
    findProgram: () => undefined,
    environment: (own) => ({ PATH: process.env.PATH ?? "", TMPDIR: join(folder, "tmp"), ...own }),
    homeIn: () => folder,
    sandbox: () => undefined,
    redactor: createRedactor({ values: [] }),
    outputFile: (callId) => join(folder, "outputs", callId),
    commandTimeoutMs: 60_000,
    stallMs: options.stallMs ?? 60_000,
  };

  const script = async (name: string, text: string) => {
    await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(folder, name), 0o755);
  };
  for (const [name, text] of Object.entries(options.scripts ?? {})) await script(name, text);
  return {
    folder,
    events,
    spent,
    order: (...argv) =>
      runEngine(surroundings, { argv, worktree, callId: "call", onEngineEvent: (event) => events.push(event) }, never),
    read: (path) => readFile(join(folder, path), "utf8"),
    script,
    ...disposal,
  };
}
