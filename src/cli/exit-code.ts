import type { ErrorCode } from "../core/error.ts";
import type { JobState } from "../core/job.ts";

/** What a script may rely on: the contract of the command line. */
export const exitCodes = {
  ok: 0,
  /** The job ended, but not well. */
  unsuccessful: 1,
  usage: 2,
  /** Redis, or a daemon that is needed now, is not there. */
  unavailable: 3,
  notFound: 4,
  conflict: 5,
  timeout: 6,
  /** The person left with Ctrl-C: 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const;

const byErrorCode: Partial<Record<ErrorCode, number>> = {
  "bad-config": exitCodes.usage,
  "bad-input": exitCodes.usage,
  "redis-unavailable": exitCodes.unavailable,
  "not-found": exitCodes.notFound,
  conflict: exitCodes.conflict,
  timeout: exitCodes.timeout,
  cancelled: exitCodes.interrupted,
  shutdown: exitCodes.interrupted,
};

/** A failure without a row of its own means that the command did not succeed. */
export function exitCodeOf(code: ErrorCode): number {
  return byErrorCode[code] ?? exitCodes.unsuccessful;
}

/** Whoever goes on by an exit code wants the work in its branch: a discarded job ended as a person wished, but without it. */
export function exitCodeOfJob({ outcome }: Pick<JobState, "outcome">): number {
  return outcome === "merged" ? exitCodes.ok : exitCodes.unsuccessful;
}

type ExitCode = keyof typeof exitCodes;

const words: Record<ExitCode, string> = {
  ok: "well",
  unsuccessful: "it did not go or end well",
  usage: "usage or configuration",
  unavailable: "Redis or a daemon is down",
  notFound: "not found",
  conflict: "conflict",
  timeout: "timeout",
  interrupted: "left by Ctrl-C",
};

/** Where it can be said more closely what is not well. */
const unsuccessfulWords: Readonly<Record<string, string>> = {
  run: "the job was not merged, or with --no-merge not accepted",
  wait: "the job ended without a merge",
};

/** What any command may end with. */
const everywhere: readonly ExitCode[] = ["ok", "unsuccessful", "usage"];
const look: readonly ExitCode[] = ["unavailable", "notFound"];
const decide: readonly ExitCode[] = ["unavailable", "notFound", "conflict", "timeout"];

/** What each command may end with besides, by the words that name it. */
export const exitCodesBesides: Readonly<Record<string, readonly ExitCode[]>> = {
  up: ["unavailable"],
  bot: ["unavailable"],
  daemon: ["unavailable"],
  mcp: ["unavailable"],
  run: ["unavailable", "notFound", "conflict", "interrupted"],
  submit: ["unavailable", "notFound", "conflict"],
  wait: ["unavailable", "notFound", "timeout"],
  cancel: decide,
  status: look,
  list: look,
  logs: look,
  diff: look,
  projects: [],
  schedules: ["unavailable"],
  approve: decide,
  deny: decide,
  merge: decide,
  change: decide,
  keep: decide,
  take: decide,
  discard: decide,
  recover: ["unavailable", "timeout"],
  reconcile: ["unavailable", "timeout"],
  retry: ["unavailable", "notFound", "conflict"],
  unlock: ["unavailable", "notFound", "conflict"],
  prune: ["unavailable", "timeout"],
  demo: ["interrupted"],
  policy: ["notFound"],
  "policy explain": [],
  "policy check": ["notFound"],
  doctor: [],
  verify: ["notFound"],
  test: ["notFound"],
  help: [],
};

/** The line of a command's help that says what its exit code may be. */
export function exitCodeHelp(command: string): string {
  const said = { ...words, unsuccessful: unsuccessfulWords[command] ?? words.unsuccessful };
  const shown = [...everywhere, ...(exitCodesBesides[command] ?? [])];
  return `\nExit codes: ${shown.map((code) => `${exitCodes[code]} ${said[code]}`).join(", ")}.`;
}
