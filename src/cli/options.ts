import { InvalidArgumentError, Option } from "commander";
import { Duration } from "../core/duration.ts";
import { AppError } from "../core/error.ts";
import { maxAdviceLength } from "../core/queue.ts";

/** The example that every command's help ends with. */
export function example(...lines: readonly string[]): string {
  return ["", lines.length === 1 ? "Example:" : "Examples:", ...lines.map((line) => `  $ chargehand ${line}`)].join(
    "\n",
  );
}

/** `10m` on the command line, as milliseconds. */
export function durationMs(typed: string): number {
  const parsed = Duration.safeParse(typed);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError("Write a duration as a number and a unit: 500ms, 30s, 30m, 24h or 7d.");
}

/** Node's timers hold no more than 2^31 - 1 milliseconds; a longer one would be over at once. */
const longestTimeoutDays = 24;

/** How long to wait at most, as milliseconds. */
export function timeoutMs(typed: string): number {
  const milliseconds = durationMs(typed);
  if (milliseconds <= longestTimeoutDays * 24 * 3_600_000) return milliseconds;
  throw new InvalidArgumentError(`Write a duration of at most ${longestTimeoutDays}d.`);
}

/** An option for a duration, whose help shows the default as a person would write it. */
export function durationOption(flags: string, description: string, read: typeof durationMs, byDefault: string): Option {
  return new Option(flags, description).argParser(read).default(read(byDefault), byDefault);
}

/** An option that may be given several times. */
export function eachOne(typed: string, before: readonly string[] = []): readonly string[] {
  return [...before, typed];
}

/** Words to whoever works on a job, from a person. */
export function advice(typed: string): string {
  const words = typed.trim();
  if (words === "") throw new AppError("bad-input", "Say in words what should be different.");
  if (words.length <= maxAdviceLength) return words;
  throw new AppError("bad-input", `Say in at most ${maxAdviceLength} characters what should be different.`);
}

/** A whole number within bounds on the command line. */
export function wholeNumber(lowest: number, highest: number): (typed: string) => number {
  return (typed) => {
    const number = Number(typed);
    if (/^\d+$/.test(typed) && number >= lowest && number <= highest) return number;
    throw new InvalidArgumentError(`Write a whole number from ${lowest} to ${highest}.`);
  };
}

/**
 * A moment on the command line, in milliseconds since 1970: a date, a time of a day as this machine's clock shows it (or
 * with its offset), or a duration before now, or after it.
 */
export function moment(direction: "past" | "future"): (typed: string) => number {
  return (typed) => {
    const duration = Duration.safeParse(typed);
    if (duration.success) return Date.now() + (direction === "past" ? -duration.data : duration.data);
    const isTime = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(typed);
    // A date alone would be read as midnight in Greenwich.
    const milliseconds = isTime
      ? Date.parse(typed.length === 10 ? `${typed}T00:00` : typed.replace(" ", "T"))
      : Number.NaN;
    if (!Number.isNaN(milliseconds) && isInCalendar(typed)) return milliseconds;
    throw new InvalidArgumentError("Write a time as in 2026-12-01T09:00, or a duration as in 2h.");
  };
}

/** The 31st of February would be read as a day of March. */
function isInCalendar(typed: string): boolean {
  const [year = 0, month = 0, day = 0] = typed.slice(0, 10).split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}
