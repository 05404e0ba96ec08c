import { join } from "node:path";
import { CommandLog, type CommandRecord } from "../agents/command-log.ts";
import { runEngine } from "../agents/engine-execution.ts";
import { EngineThreads } from "../agents/engine-threads.ts";
import { type CommandToRun, runProgram, type Surroundings } from "../agents/execution.ts";
import type { Execution, Gate } from "../agents/gate.ts";
import { type Engines, isEngineRun, openEngines } from "../agents/ready-engine.ts";
import { decide } from "../core/policy/decide.ts";
import type { Decision as QueuedDecision } from "../core/queue.ts";
import { childEnvironment } from "../platform/child-environment.ts";
import { findProgram } from "../platform/find-program.ts";
import type { Toolchains } from "../platform/sandbox/toolchains.ts";
import type { DaemonDeps } from "./deps.ts";
import { type GuardedPaths, nothingGuarded, ScopeGuard, secretsBesideMain } from "./guarded-paths.ts";
import { hashFiles } from "./hash-files.ts";
import { askOrigin, type RemoteDeps, readRemoteOrder } from "./host-fetch.ts";
import type { JobBook } from "./job-book.ts";
import { engineSurroundings, warnOfEngines } from "./job-engines.ts";
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
  // Who asks for a trace gets it, however quiet the log is otherwise.
  const traceLog = deps.log.child({}, { level: "info" });
  const trace = deps.trace ? (record: CommandRecord) => traceLog.info(record, "command") : undefined;
  const log = new CommandLog(join(deps.home, "run_repo_command.log"), deps.redact, trace);
  const toolchains = operatorToolchains(deps);
  const engines = openEngines(deps);
  const leaving = new AbortController();
  // Nobody has to wait for it: an order that comes first finds out by itself.
  if (deps.realEngines) void warnOfEngines({ ...deps, engines }, leaving.signal);
  return {
    gateFor: (job, signal) => jobGate(deps, { log, toolchains, engines }, job, signal),
    [Symbol.dispose]: () => {
      leaving.abort();
      log[Symbol.dispose]();
    },
  };
}

interface GateParts {
  readonly log: CommandLog;
  readonly toolchains: Toolchains;
  readonly engines: Engines;
}

function jobGate(deps: GatesDeps, { log, toolchains, engines }: GateParts, job: StageJob, signal: AbortSignal): Gate {
  const { config, book } = deps;
  const { state, project, workspace } = job;
  const jobId = state.id;
  const expiresInMs = config.limits.approvalTtl;
  const treeOf = async (worktreePath: string) => {
    const place = { files: workspace.files, worktreePath };
    return (await hashFiles(place, state.base.commit, signal)).tree;
  };
  const threads = new EngineThreads(state.lostThreads);
  const parts = { toolchains, engines, treeOf, threads, scopeGuard: new ScopeGuard(job) };
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
    execute: (command, commandSignal) => execute(deps, job, parts, command, commandSignal),
    steps: stepReporter(book, jobId, deps.redact),
    log,
    dryRun: deps.dryRun,
    denials: { rule: "", count: 0 },
  };
}

interface ExecutionParts {
  readonly toolchains: Toolchains;
  readonly engines: Engines;
  readonly treeOf: (worktreePath: string) => Promise<string>;
  readonly threads: EngineThreads;
  readonly scopeGuard: ScopeGuard;
}

async function execute(
  deps: GatesDeps,
  job: StageJob,
  { toolchains, engines, treeOf, threads, scopeGuard }: ExecutionParts,
  command: CommandToRun,
  signal: AbortSignal,
): Promise<Execution> {
  const { argv } = command;
  const guarded = await guardedFrom(command, scopeGuard, signal);
  const surroundings = surroundingsOf(deps, jobSandbox(deps, toolchains, job, guarded), job);
  const order = readRemoteOrder(argv);
  if (order !== undefined) {
    const runInJob: RemoteDeps["runInJob"] = (words) => runProgram(surroundings, { ...command, argv: words }, signal);
    const { variables, redact } = deps;
    return askOrigin({ project: job.project, variables, redact, runInJob }, order, signal);
  }
  if (!isEngineRun(argv)) return runProgram(surroundings, command, signal);
  const { book } = deps;
  return runEngine(
    await engineSurroundings({ book, engines }, job, { surroundings, treeOf, threads }),
    command,
    signal,
  );
}

function guardedFrom(
  { argv, worktree }: CommandToRun,
  scopeGuard: ScopeGuard,
  signal: AbortSignal,
): Promise<GuardedPaths> | GuardedPaths {
  if (worktree.kind === "main") return secretsBesideMain(worktree.path, signal);
  return isEngineRun(argv) ? scopeGuard.inWorktree(worktree, signal) : nothingGuarded;
}

function surroundingsOf(deps: DaemonDeps, sandbox: Surroundings["sandbox"], job: StageJob): Surroundings {
  const { files } = job.workspace;
  return {
    findProgram: (name) => findProgram([name]),
    environment: (own) =>
      childEnvironment({ own, home: files.commandHome, temporary: files.temporary, variables: deps.variables }),
    homeIn: ({ kind }) => (kind === "main" ? files.mainHome : files.commandHome),
    sandbox,
    redactor: deps.redactor,
    outputFile: (callId) => join(files.outputs, `${callId.replace(/[^A-Za-z0-9_-]/g, "_")}.txt`),
    commandTimeoutMs: deps.config.limits.commandTimeout,
    stallMs: deps.config.limits.stall,
  };
}
