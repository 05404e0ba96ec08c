import type { TrackerConfig } from "../tracker-config.ts";

/** Whether one more issue in this state may be worked on, beside those that are, by the states they are in now. */
export function hasSlot(
  { concurrent, perState }: TrackerConfig["limits"],
  workedOn: readonly string[],
  state: string,
): boolean {
  const wanted = folded(state);
  const alike = workedOn.filter((other) => folded(other) === wanted).length;
  const limit = Object.hasOwn(perState, wanted) ? (perState[wanted] ?? concurrent) : concurrent;
  return Math.max(concurrent - workedOn.length, 0) > 0 && alike < limit;
}

function folded(state: string): string {
  return state.trim().toLowerCase();
}
