import { z } from "zod";

const howToWrite = "write a duration as a number and a unit: 500ms, 30s, 30m, 24h or 7d";

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration as people write it in configuration (`500ms`, `30s`, `30m`, `24h`, `7d`), read as milliseconds. */
export const Duration = z
  .string(howToWrite)
  .regex(/^\d+(ms|s|m|h|d)$/, howToWrite)
  .transform((text) => {
    const [, amount = "0", unit = "ms"] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
    return Number(amount) * unitMs[unit as keyof typeof unitMs];
  });

/** Reads as `8s`, `3m 12s` or `2h 5m`: two units at the most, the way a person would say it. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1_000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m ${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours}h` : `${hours}h ${minutes % 60}m`;
}
