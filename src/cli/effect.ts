import { isTerminal } from "../core/job.ts";
import type { PersonalDecision } from "../core/queue.ts";
import type { JobNews } from "./follow-job.ts";

/** What became of a decision by this entry: it took effect, it was refused, or neither yet. */
export function effectOf(
  decision: PersonalDecision,
  { state, entry: { event } }: JobNews,
): "taken" | "refused" | undefined {
  if (isTerminal(state.status)) return endsAsDecided(decision, state) ? "taken" : "refused";
  if (decision.type === "cancel") return undefined;
  if (event.type === "landing_refused") return "refused";
  if (event.type !== "approval_settled" || event.approvalId !== decision.approvalId) return undefined;
  if (event.settlement.type !== "chosen") return "refused";
  // To be heard is all that a command's answer wants; a merge is done when it is in the branch.
  return decision.choice === "merge" || decision.choice === "discard" ? undefined : "taken";
}

function endsAsDecided(decision: PersonalDecision, { status, outcome }: JobNews["state"]): boolean {
  if (decision.type === "cancel" || decision.choice === "stop") return status === "cancelled";
  if (decision.choice === "merge") return outcome === "merged";
  return decision.choice === "discard" && outcome === "discarded";
}
