import type { Issue } from "../tracker.ts";

/** Which of two issues goes first: the more urgent, then the older, then the one that people name first. */
export function compareIssues(left: Issue, right: Issue): number {
  return (
    urgency(left) - urgency(right) || createdAt(left) - createdAt(right) || byName(left.identifier, right.identifier)
  );
}

const leastUrgent = 5;

function urgency({ priority }: Issue): number {
  return priority !== null && priority >= 1 && priority <= 4 ? priority : leastUrgent;
}

/** Finite, because the difference of two is taken. */
function createdAt({ createdAt: at }: Issue): number {
  return at === null ? Number.MAX_SAFE_INTEGER : Date.parse(at);
}

function byName(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
