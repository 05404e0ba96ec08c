import { z } from "zod";

/** Every failure that has a name. A code is for programs; the sentence beside it is for people. */
export const ErrorCode = z.enum([
  "bad-config",
  "bad-input",
  "not-found",
  "not-allowed",
  "conflict",
  "project-unusable",
  "repository-unusable",
  "git-failed",
  "redis-unavailable",
  "telegram-refused",
  "tracker-failed",
  "model-refused",
  "model-unavailable",
  "model-garbage",
  "engine-missing",
  "engine-failed",
  "command-denied",
  "timeout",
  "stalled",
  "cancelled",
  "shutdown",
  "merge-conflict",
  "merge-blocked",
  "sandbox-unavailable",
  "disk-full",
  "ledger-unwritable",
  "ledger-altered",
  "internal",
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** Failures that pass by themselves, or as soon as a person has made room. Any other is the job's own. */
const passing: ReadonlySet<ErrorCode> = new Set([
  "model-unavailable",
  "redis-unavailable",
  "disk-full",
  "ledger-unwritable",
]);

export function isPassing(code: ErrorCode): boolean {
  return passing.has(code);
}

/**
 * A failure we foresaw: `message` says in clear words what is wrong and what to do next. Where somebody shows the two
 * apart, `remedy` is given by itself, and the message is both.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** What is wrong; without a remedy of its own, all there is to say. */
  readonly problem: string;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, problem: string, { remedy, ...options }: { remedy?: string; cause?: unknown } = {}) {
    super(remedy === undefined ? problem : `${problem} ${remedy}`, options);
    this.name = "AppError";
    this.code = code;
    this.problem = problem;
    this.remedy = remedy;
  }
}

export function diskFull(cause?: unknown): AppError {
  return new AppError("disk-full", "The disk is full. Make room on it: the job then goes on by itself.", { cause });
}

/** What a person may read of any failure. A bug's own words may hold paths or secrets, so they stay in the log. */
export function sentenceOf(error: unknown): { code: ErrorCode; sentence: string } {
  if (error instanceof AppError) return { code: error.code, sentence: error.message };
  return { code: "internal", sentence: "Something broke inside Chargehand. The log has the details." };
}
