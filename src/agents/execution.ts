import type { Argv } from "../core/command.ts";
import type { EngineEvent } from "../core/engine-event.ts";
import { gitEnvironment, harden } from "../core/policy/harden.ts";
import { type ProcessOptions, type ProcessResult, runProcess } from "../platform/process.ts";
import type { SandboxProfile } from "../platform/sandbox/profile.ts";
import type { Redactor } from "../platform/secrets/redactor.ts";
import { visibleText } from "../platform/visible-text.ts";
import type { Execution, GateWorktree } from "./gate.ts";

/** What every command of a job is carried out with. */
export interface Surroundings {
  /** The absolute path of a program, looked up on the operator's PATH and nowhere else. */
  readonly findProgram: (name: string) => string | undefined;
  /** The whole environment of a child: an allowlist, with a home and a temporary folder of its own. */
  readonly environment: (own: Readonly<Record<string, string>>) => Record<string, string>;
  /** The HOME of ordinary commands there. */
  readonly homeIn: (worktree: GateWorktree) => string;
  /** Nothing where the operator has switched the sandbox off. */
  readonly sandbox: (worktree: GateWorktree, needs: SandboxNeeds) => SandboxProfile | undefined;
  readonly redactor: Redactor;
  /** Where the whole output of a call goes. */
  readonly outputFile: (callId: string) => string;
  readonly commandTimeoutMs: number;
  readonly stallMs: number;
}

/** What one command needs beyond its worktree. */
export interface SandboxNeeds {
  readonly network: SandboxProfile["network"];
  readonly home: string;
  readonly readOnly?: readonly string[];
}

export interface CommandToRun {
  readonly argv: Argv;
  readonly worktree: GateWorktree;
  readonly callId: string;
  readonly onEngineEvent: (event: EngineEvent) => void;
}

/** How much of an output the model is shown: enough to see how it began and how it ended. */
export const shownOutput = { headBytes: 6_000, tailBytes: 10_000 } as const;

/** Carries out one ordinary program: git, a test runner, cat. */
export async function runProgram(
  surroundings: Surroundings,
  { argv, worktree, callId }: CommandToRun,
  signal: AbortSignal,
): Promise<Execution> {
  const [name] = argv;
  const program = surroundings.findProgram(name);
  if (program === undefined) return missingProgram(name);
  const [, ...words] = harden(argv);
  const home = surroundings.homeIn(worktree);
  const options: ProcessOptions = {
    argv: [program, ...words],
    cwd: worktree.path,
    env: surroundings.environment({ HOME: home, ...(name === "git" && { ...gitEnvironment, ...identity }) }),
    timeoutMs: surroundings.commandTimeoutMs,
    output: { ...shownOutput, file: surroundings.outputFile(callId) },
    redact: surroundings.redactor,
    ...sandboxOption(surroundings, worktree, { network: "none", home }),
  };
  const result = await runProcess(options, signal);
  signal.throwIfAborted();
  return executionOf(result, surroundings);
}

/** Optional properties are left out rather than set to nothing. */
export function sandboxOption(
  { sandbox }: Surroundings,
  worktree: GateWorktree,
  needs: SandboxNeeds,
): { sandbox?: SandboxProfile } {
  const profile = sandbox(worktree, needs);
  return profile === undefined ? {} : { sandbox: profile };
}

export function missingProgram(name: string): Execution {
  return notRun(`"${name}" is not installed on this machine.`);
}

/** `reason` is a sentence. */
export function notRun(reason: string): Execution {
  const text = `not run: ${reason}`;
  return { ok: false, text, detail: text, ended: "not_started", exitCode: null, durationMs: 0, bytes: 0 };
}

function executionOf(result: ProcessResult, { redactor }: Surroundings): Execution {
  const { ended, exitCode, durationMs, bytes } = result;
  const show = (text: string) => redactor.text(visibleText(text)).trimEnd();
  const parts = [
    howItEnded(result),
    show(result.stdout.text),
    result.stderr.bytes > 0 ? `stderr:\n${show(result.stderr.text)}` : "",
  ];
  const ok = ended === "exited" && exitCode === 0;
  return {
    ok,
    text: parts.filter((part) => part !== "").join("\n"),
    ...(!ok && { detail: howItEnded(result) }),
    ended,
    exitCode,
    durationMs,
    bytes,
  };
}

export function howItEnded({ ended, exitCode, signal, reason }: ProcessResult): string {
  switch (ended) {
    case "exited":
      return exitCode === null ? `ended by ${signal ?? "a signal"}` : `exit code ${exitCode}`;
    case "timeout":
      return "ended: it took longer than a command may";
    case "silence":
      return "ended: it printed nothing for too long";
    case "cancelled":
      return "cancelled";
    case "not_started":
      return `not started: ${reason ?? "no reason given"}`;
  }
}

/** Commits inside a job carry the job's hand, not a person's. */
const identity = {
  GIT_AUTHOR_NAME: "Chargehand job",
  GIT_AUTHOR_EMAIL: "job@chargehand.invalid",
  GIT_COMMITTER_NAME: "Chargehand job",
  GIT_COMMITTER_EMAIL: "job@chargehand.invalid",
};
