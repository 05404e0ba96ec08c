const firstPauseMs = 10_000;
const highestExponent = 10;

/** How long an issue waits before it is tried again after its nth failure in a row: 10 s, 20 s, 40 s … */
export function trackerBackoffMs(failures: number, longestMs: number): number {
  return Math.min(firstPauseMs * 2 ** Math.min(Math.max(failures, 1) - 1, highestExponent), longestMs);
}
