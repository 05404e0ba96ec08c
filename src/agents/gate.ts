import { lstatSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { printCommand } from "../core/command.ts";
import type { EngineEvent } from "../core/engine-event.ts";
import { AppError } from "../core/error.ts";
import type { StepTrees } from "../core/evidence/step-changes.ts";
import type { Decision } from "../core/policy/outcome.ts";
import type { JobId } from "../core/task.ts";
import type { CommandLog } from "./command-log.ts";
import type { CommandAnswer, CommandCall } from "./orchestrator.ts";

export interface GateWorktree {
  readonly kind: "main" | "task";
  readonly path: string;
}

/** What a person's answers allow. Questions and answers live with the job, not here. */
export interface Permits {
  lookUp(call: CommandCall, argv: readonly string[]): Promise<Permit>;
  /** Asks a person; answers with the id of the question. */
  ask(call: CommandCall, question: { argv: readonly string[]; cwd: string; reason: string }): Promise<string>;
}

export type Permit =
  | { readonly type: "granted"; readonly approvalId: string }
  | { readonly type: "refused"; readonly text: string }
  | { readonly type: "waiting"; readonly approvalId: string }
  | { readonly type: "none" };

/** What came of one command that was carried out. `text` is for the model: bounded, redacted, visible. */
export interface Execution {
  readonly ok: boolean;
  readonly text: string;
  readonly detail?: string | undefined;
  readonly ended: string;
  readonly exitCode: number | null;
  readonly durationMs: number;
  readonly bytes: number;
  /** What the worktree held before and after, where that was measured. */
  readonly trees?: StepTrees;
}

export interface Gate {
  readonly jobId: JobId;
  /** The worktrees that exist now, by folder name: `main` and the job's own. */
  readonly worktrees: () => Promise<ReadonlyMap<string, GateWorktree>>;
  readonly decide: (call: { worktree: string; command: string; kinds: ReadonlyMap<string, GateWorktree> }) => Decision;
  readonly permits: Permits;
  readonly execute: (
    command: {
      argv: readonly [string, ...string[]];
      worktree: GateWorktree;
      callId: string;
      onEngineEvent: (event: EngineEvent) => void;
    },
    signal: AbortSignal,
  ) => Promise<Execution>;
  readonly steps: StepReporter;
  readonly log: CommandLog;
  readonly dryRun: boolean;
  /** Counts denials of one rule in a row; it lives as long as the run. */
  readonly denials: { rule: string; count: number };
}

/** Tells the job's readers what the orchestrator does. */
export interface StepReporter {
  started(step: { readonly id: string; readonly label: string; readonly worktree: string }): Promise<void>;
  progress(stepId: string, event: EngineEvent): void;
  finished(stepId: string, outcome: "ok" | "failed" | "denied", how?: StepEnd): Promise<void>;
}

export interface StepEnd {
  readonly detail?: string | undefined;
  readonly exitCode?: number | null;
  readonly trees?: StepTrees | undefined;
}

/** How often the same rule may deny in a row before the run is stopped: the model is not listening. */
const maxSameDenials = 3;

/**
 * The one door: parse, policy, person, execution, journal. Every command of an agent comes through here, engines
 * included, and every one leaves a line in the log.
 */
export async function runRepoCommand(gate: Gate, call: CommandCall, signal: AbortSignal): Promise<CommandAnswer> {
  const kinds = await gate.worktrees();
  const decision = gate.decide({ worktree: call.worktree, command: call.command, kinds });
  const worktree = kinds.get(call.worktree);
  if (decision.verdict === "deny" || decision.argv === undefined || worktree === undefined)
    return deny(gate, call, decision);
  assertInPlace(call.worktree, worktree);

  const permit = await permitFor(gate, call, decision, worktree);
  if (permit.type === "waiting") return permit;
  if (permit.type === "refused") return refuse(gate, call, decision, permit.text);

  gate.denials.count = 0;
  return carryOut(gate, call, { decision, worktree, approvalId: permit.approvalId }, signal);
}

async function permitFor(
  gate: Gate,
  call: CommandCall,
  decision: Decision,
  worktree: GateWorktree,
): Promise<Exclude<Permit, { type: "none" | "granted" }> | { type: "granted"; approvalId?: string }> {
  if (decision.verdict === "allow") return { type: "granted" };
  const argv = decision.argv ?? [];
  const permit = await gate.permits.lookUp(call, argv);
  if (permit.type !== "none") return permit;
  const approvalId = await gate.permits.ask(call, { argv, cwd: worktree.path, reason: decision.reason });
  gate.log.write({ ...recordOf(gate, call, decision), approvalId });
  return { type: "waiting", approvalId };
}

async function deny(gate: Gate, call: CommandCall, decision: Decision): Promise<CommandAnswer> {
  const text = `denied by rule ${decision.rule}: ${decision.reason} ${decision.advice}`.trim();
  gate.denials.count = gate.denials.rule === decision.rule ? gate.denials.count + 1 : 1;
  gate.denials.rule = decision.rule;
  const answer = await refuse(gate, call, { ...decision, verdict: "deny" }, text);
  if (gate.denials.count < maxSameDenials) return answer;
  throw new AppError(
    "command-denied",
    `The orchestrator was stopped: rule ${decision.rule} denied it ${maxSameDenials} times in a row. ${decision.reason}`,
  );
}

async function refuse(gate: Gate, call: CommandCall, decision: Decision, text: string): Promise<CommandAnswer> {
  await gate.steps.started(stepOf(call, decision));
  gate.log.write(recordOf(gate, call, decision));
  await gate.steps.finished(call.id, "denied", { detail: text });
  return { type: "answered", text };
}

async function carryOut(
  gate: Gate,
  call: CommandCall,
  { decision, worktree, approvalId }: { decision: Decision; worktree: GateWorktree; approvalId: string | undefined },
  signal: AbortSignal,
): Promise<CommandAnswer> {
  const argv = decision.argv as readonly [string, ...string[]];
  const record = { ...recordOf(gate, call, decision), ...(approvalId !== undefined && { approvalId }) };
  await gate.steps.started(stepOf(call, decision));
  if (gate.dryRun) {
    gate.log.write({ ...record, dryRun: true });
    await gate.steps.finished(call.id, "ok", { detail: "dry run" });
    return { type: "answered", text: "dry run: the command was checked and logged, not run." };
  }
  await call.beforeStart();
  const onEngineEvent = (event: EngineEvent) => gate.steps.progress(call.id, event);
  const { text, ok, detail, trees, ...measured } = await gate.execute(
    { argv, worktree, callId: call.id, onEngineEvent },
    signal,
  );
  gate.log.write({ ...record, ...measured });
  await gate.steps.finished(call.id, ok ? "ok" : "failed", { detail, exitCode: measured.exitCode, trees });
  return { type: "answered", text };
}

/**
 * Policy knows names only. That the folder is a real one, directly under the base, is looked up at the last moment: a
 * link put in its place would lead elsewhere.
 */
function assertInPlace(name: string, { path }: GateWorktree): void {
  const isFolder = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (isFolder && realpathSync.native(path) === join(realpathSync.native(dirname(path)), name)) return;
  throw new AppError(
    "command-denied",
    `The worktree "${name}" is not a plain folder in its place any more; nothing runs there.`,
  );
}

function recordOf(gate: Gate, call: CommandCall, decision: Decision) {
  const { verdict, rule, argv } = decision;
  return {
    jobId: gate.jobId,
    callId: call.id,
    worktree: call.worktree,
    command: call.command,
    argv,
    decision: verdict,
    rule,
  };
}

function stepOf({ id, worktree, command }: CommandCall, { argv }: Decision) {
  return {
    id,
    worktree: worktree.slice(0, 100),
    label: (argv === undefined ? command : printCommand(argv)).slice(0, 200),
  };
}
