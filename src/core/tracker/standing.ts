import type { Issue } from "../tracker.ts";
import { hasState, type TrackerConfig } from "../tracker-config.ts";

export type IssueRules = Pick<TrackerConfig, "activeStates" | "terminalStates" | "requiredLabels">;

/**
 * How an issue stands to us: it has ended; work on it is not wanted now; it is not for us, by its labels or by its
 * tracker's own rules; or it may be worked on.
 */
export type Standing = "terminal" | "inactive" | "unrouted" | "eligible";

export function standingOf(issue: Issue, rules: IssueRules): Standing {
  if (hasState(rules.terminalStates, issue.state)) return "terminal";
  if (!hasState(rules.activeStates, issue.state)) return "inactive";
  return issue.dispatchable && hasLabels(issue, rules.requiredLabels) ? "eligible" : "unrouted";
}

/** A blank label is on no issue. */
function hasLabels({ labels }: Issue, required: readonly string[]): boolean {
  const present = new Set(labels.map(folded).filter((label) => label !== ""));
  return required.every((label) => present.has(folded(label)));
}

function folded(label: string): string {
  return label.trim().toLowerCase();
}
