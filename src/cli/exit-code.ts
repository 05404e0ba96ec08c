import type { ErrorCode } from "../core/error.ts";

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
