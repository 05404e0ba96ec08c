import { AppError, diskFull, sentenceOf } from "../core/error.ts";

const longestPauseMs = 5 * 60_000;

/** How long to wait before attempt 1, 2, 3 …: each time twice as long, up to five minutes. */
export function backoffMs(attempt: number, firstPauseMs: number): number {
  return Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs);
}

/** Any failure by its name. The words of one without a name may hold paths or secrets, so they stay in the log. */
export function nameFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isDiskFull(error)) return diskFull(error);
  const { code, sentence } = sentenceOf(error);
  return new AppError(code, sentence, { cause: error });
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}
