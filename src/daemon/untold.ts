import type { LedgerEntry } from "../core/event.ts";
import { isTerminal, type JobState, pendingApprovals } from "../core/job.ts";

/** An end that was told longer ago than this has been read; a message about it would only confuse. */
const newsMs = 10 * 60_000;

/**
 * The entries of a ledger that readers have not heard. `heard` is the last one they have; without it Redis has
 * forgotten the job, and readers are told what is still of use: the open questions and how the job stands.
 */
export function untold(
  entries: readonly LedgerEntry[],
  state: JobState,
  heard: number | undefined,
  now: number,
): LedgerEntry[] {
  if (heard !== undefined) return entries.filter(({ sequence }) => sequence > heard);
  if (isTerminal(state.status) && now - Date.parse(state.updatedAt) > newsMs) return [];
  const open = new Set(pendingApprovals(state).map(({ id }) => id));
  return entries.filter(
    ({ event, sequence }) =>
      sequence === state.sequence || (event.type === "approval_requested" && open.has(event.approval.id)),
  );
}
