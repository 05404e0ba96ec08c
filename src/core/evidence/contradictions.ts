import type { JobEvent, LedgerEntry } from "../event.ts";
import { fold, type JobState, mayHappen } from "../job.ts";

/** What a ledger says that cannot be: a sentence, and the line it is about. */
export interface Contradiction {
  readonly sequence: number;
  readonly sentence: string;
}

/**
 * Everything in a job's story that does not follow from what stands before it: a tree that was accepted without being the
 * one that was judged, a question about something else, a merge that nobody asked for.
 */
export function contradictions(entries: readonly LedgerEntry[]): Contradiction[] {
  return entries.flatMap((entry, index) => {
    const sentence = flawOf(entry.event, entries.slice(0, index));
    return sentence === undefined ? [] : [{ sequence: entry.sequence, sentence }];
  });
}

/** The fold of a ledger up to the first event that may not happen, and that event. */
export function foldLegally(entries: readonly LedgerEntry[]): { state?: JobState; stuckAt?: LedgerEntry } {
  let state: JobState | undefined;
  for (const entry of entries) {
    if (!mayHappen(state, entry.event)) return { ...(state && { state }), stuckAt: entry };
    state = fold(state, entry);
  }
  return state === undefined ? {} : { state };
}

function flawOf(event: JobEvent, before: readonly LedgerEntry[]): string | undefined {
  switch (event.type) {
    case "accepted":
      return flawOfAcceptance(event.tree, before);
    case "approval_requested":
      return event.approval.subject.type === "merge" ? flawOfQuestion(event.approval.subject, before) : undefined;
    case "merged":
      return flawOfMerge(before);
    default:
      return undefined;
  }
}

/** One tree is taken, checked, judged and accepted, and no work comes in between. */
function flawOfAcceptance(tree: string, before: readonly LedgerEntry[]): string | undefined {
  const taken = before.findLastIndex(({ event }) => event.type === "candidate_taken");
  const candidate = before[taken]?.event;
  if (candidate?.type !== "candidate_taken") return "Something was accepted that was never measured.";
  if (candidate.tree !== tree) return "The accepted tree is not the one that was taken from the files.";
  const since = before.slice(taken).map(({ event }) => event);
  if (since.some((event) => event.type === "stage_started" && event.stage === "run")) {
    return "Work went on after the last checks, so what was accepted was not checked.";
  }
  if (!since.some((event) => event.type === "check_finished" && event.tree === tree)) {
    return "No check ran on the accepted tree.";
  }
  const judged = since.findLast((event) => event.type === "judged");
  return judged?.verdict === "accept" ? undefined : "It was accepted without a verdict that says so.";
}

function flawOfQuestion(
  { tree, commit }: { tree: string; commit: string },
  before: readonly LedgerEntry[],
): string | undefined {
  const accepted = lastOf(before, "accepted");
  const isIt = accepted?.tree === tree && accepted.commit === commit;
  return isIt ? undefined : "A merge was offered of something else than what was accepted.";
}

function flawOfMerge(before: readonly LedgerEntry[]): string | undefined {
  const asked = before.findLast(
    ({ event }) => event.type === "approval_requested" && event.approval.subject.type === "merge",
  )?.event;
  const id = asked?.type === "approval_requested" ? asked.approval.id : undefined;
  const settled = before.findLast(({ event }) => event.type === "approval_settled" && event.approvalId === id)?.event;
  const isWanted =
    settled?.type === "approval_settled" &&
    settled.settlement.type === "chosen" &&
    settled.settlement.choice === "merge";
  return isWanted ? undefined : "It was merged though nobody had answered the question with Merge.";
}

function lastOf<Type extends JobEvent["type"]>(
  entries: readonly LedgerEntry[],
  type: Type,
): Extract<JobEvent, { type: Type }> | undefined {
  const entry = entries.findLast(({ event }) => event.type === type);
  return entry?.event as Extract<JobEvent, { type: Type }> | undefined;
}
