import type { Settlement } from "./approval.ts";
import type { JobState } from "./job.ts";

/** What was last said of accepted work. */
export function lastMergeAnswer({ approvals }: JobState): Settlement | undefined {
  return approvals[lastMergeQuestion(approvals)]?.settlement;
}

/** Whether a person said that the accepted work be merged, and it has not been tried since. */
export function isMergeWanted(state: JobState): boolean {
  const settlement = lastMergeAnswer(state);
  return settlement?.type === "chosen" && settlement.choice === "merge";
}

/** The changes a person asked for in the accepted work, until work on them begins. */
export function wantedChange(state: JobState): string | undefined {
  return state.accepted === undefined ? undefined : changeAskedFor(state);
}

/** The words with which a person last sent accepted work back, also while it is being changed. */
export function changeAskedFor(state: JobState): string | undefined {
  const settlement = lastMergeAnswer(state);
  const isSentBack = settlement?.type === "chosen" && settlement.choice === "change";
  return isSentBack ? (settlement.advice ?? "") : undefined;
}

/** The tree that a person saw and wanted to be changed. Whoever takes another text for the task since may want it after all. */
export function treeSentBack(state: JobState): string | undefined {
  const last = lastMergeQuestion(state.approvals);
  const subject = state.approvals[last]?.approval.subject;
  if (subject?.type !== "merge" || changeAskedFor(state) === undefined) return undefined;
  const since = state.approvals.slice(last + 1).map(({ settlement }) => settlement);
  const isRetold = since.some((settlement) => settlement?.type === "chosen" && settlement.choice === "take_text");
  return isRetold ? undefined : subject.tree;
}

function lastMergeQuestion(approvals: JobState["approvals"]): number {
  return approvals.findLastIndex(({ approval }) => approval.subject.type === "merge");
}
