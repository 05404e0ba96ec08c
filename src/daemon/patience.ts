import { AppError } from "../core/error.ts";

const attempts = 3;
/** Failures of what we stand on. They say nothing about the work. */
const ours: ReadonlySet<AppError["code"]> = new Set(["git-failed", "sandbox-unavailable"]);

/** Tries again when it was our own failure, and gives that failure's sentence back when it does not pass. */
export async function withPatience<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T | string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError && ours.has(error.code))) throw error;
      if (attempt === attempts) return error.message;
    }
  }
}
