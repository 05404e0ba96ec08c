import { join } from "node:path";
import { CommandLog, type CommandRecord } from "../agents/command-log.ts";
import { runEngine } from "../agents/engine-execution.ts";
import { engineNameOf } from "../agents/engines/registry.ts";
import { type CommandToRun, runProgram, type Surroundings } from "../agents/execution.ts";
import type { Execution, Gate } from "../agents/gate.ts";
import { engineGuidance, isEngineRun, readyEngine } from "../agents/ready-engine.ts";
import { decide } from "../core/policy/decide.ts";
import type { Decision as QueuedDecision } from "../core/queue.ts";
import { childEnvironment } from "../platform/child-environment.ts";
import { findProgram } from "../platform/find-program.ts";
import type { Toolchains } from "../platform/sandbox/toolchains.ts";
import { hashFiles } from "./candidate.ts";
import type { DaemonDeps } from "./deps.ts";
import { nothingGuarded, ScopeGuard, secretsBesideMain } from "./guarded-paths.ts";
import { askOrigin, readRemoteOrder } from "./host-fetch.ts";
import type { JobBook } from "./job-book.ts";
import { jobSandbox, operatorToolchains } from "./job-sandbox.ts";
import { jobWorktrees } from "./job-worktrees.ts";
import { permitsOf } from "./permits.ts";
import type { StageJob } from "./stage.ts";
import { stepReporter } from "./step-reporter.ts";

export interface GatesDeps extends DaemonDeps {
  readonly book: JobBook;
  readonly expireLater: (expiry: Extract<QueuedDecision, { type: "expire" }>, delayMs: number) => Promise<void>;
}

export interface Gates extends Disposable {
  readonly gateFor: (job: StageJob, signal: AbortSignal) => Gate;
}

/** Builds the gate of each job: the one door, with this job's worktrees, questions, engines and log behind it. */
export function createGates(deps: GatesDeps): Gates {
  const trace = deps.trace ? (record: CommandRecord) => deps.log.info(record, "command") : undefined;
  const log = new CommandLog(join(deps.home, "run_repo_command.log"), deps.redact, trace);
  const toolchains = operatorToolchains(deps);
  return {
    gateFor: (job, signal) => jobGate(deps, { log, toolchains }, job, signal),
    [Symbol.dispose]: () => log[Symbol.dispose](),
  };
}

interface GateParts {
  readonly log: CommandLog;
  readonly toolchains: Toolchains;
}

function jobGate(deps: GatesDeps, { log, toolchains }: GateParts, job: StageJob, signal: AbortSignal): Gate {
  const { config, book } = deps;
  const { state, project, workspace } = job;
  const jobId = state.id;
  const expiresInMs = config.limits.approvalTtl;
  const treeOf = async (worktreePath: string) => {
    const place = { files: workspace.files, worktreePath };
    return (await hashFiles(place, state.base.commit, signal)).tree;
  };
  const surroundings = surroundingsOf(deps, toolchains, job);
  return {
    jobId,
    worktrees: () => jobWorktrees(project, workspace),
    decide: ({ worktree, command, kinds }) =>
      decide({
        worktree,
        command,
        worktrees: Object.fromEntries([...kinds].map(([name, { kind }]) => [name, { kind }])),
        engines: Object.keys(config.engines),
        sandboxed: deps.sandbox.kind !== "none",
        rules: config.policy,
      }),
    permits: permitsOf({
      book,
      jobId,
      treeOf,
      expiresInMs,
      onAsked: (approvalId) => deps.expireLater({ type: "expire", jobId, approvalId }, expiresInMs),
    }),
    execute: (command, commandSignal) => execute(deps, job, { surroundings, treeOf }, command, commandSignal),
    steps: stepReporter(book, jobId, deps.redact),
    log,
    dryRun: deps.dryRun,
    denials: { rule: "", count: 0 },
  };
}

async function execute(
  deps: GatesDeps,
  job: StageJob,
  { surroundings, treeOf }: { surroundings: Surroundings; treeOf: (path: string) => Promise<string> },
  command: CommandToRun,
  signal: AbortSignal,
): Promise<Execution> {
  const { argv } = command;
  if (needsRemote(argv)) return fetchInstead(deps, job, { surroundings, command }, signal);
  if (!isEngineRun(argv)) return runProgram(surroundings, command, signal);
  const { book, config } = deps;
  const jobId = job.state.id;
  const engine = readyEngine(engineNameOf(argv) ?? "", deps);
  return runEngine(
    {
      ...surroundings,
      engineHomes: job.workspace.files.engineHomes,
      guidance: engineGuidance,
      treeOf,
      countedBefore: () => undefined,
      onSpent: async (name, usage) => {
        await book.record(jobId, { type: "spent", role: "engine", model: config.engines[name]?.model ?? name, usage });
      },
    },
    engine,
    command,
    signal,
  );
}

/** `git pull --ff-only` is a fetch by us and then a fast-forward in the job's own repository. */
async function fetchInstead(
  { variables }: DaemonDeps,
  { project, workspace }: StageJob,
  { surroundings, command }: { surroundings: Surroundings; command: CommandToRun },
  signal: AbortSignal,
): Promise<Execution> {
  const { ok, text } = await fetchForJob({ project, workspace, variables }, signal);
  if (ok && command.argv[1] === "pull") {
    const argv = ["git", "merge", "--ff-only", `origin/${project.main}`] as const;
    const merged = await runProgram(surroundings, { ...command, argv }, signal);
    return { ...merged, text: `${text}\n${merged.text}` };
  }
  return { ...missingProgram("git"), ok, text, detail: ok ? undefined : text, ended: "exited", exitCode: ok ? 0 : 1 };
}

function surroundingsOf(deps: DaemonDeps, toolchains: Toolchains, job: StageJob): Surroundings {
  const { files } = job.workspace;
  return {
    findProgram: (name) => findProgram([name]),
    environment: (own) =>
      childEnvironment({ own, home: files.commandHome, temporary: files.temporary, variables: deps.variables }),
    home: files.commandHome,
    sandbox: jobSandbox(deps, toolchains, job),
    redactor: deps.redactor,
    outputFile: (callId) => join(files.outputs, `${callId.replace(/[^A-Za-z0-9_-]/g, "_")}.txt`),
    commandTimeoutMs: deps.config.limits.commandTimeout,
    stallMs: deps.config.limits.stall,
  };
}
