import type { ApprovalSubject } from "../../../src/core/approval.ts";
import type { JobEvent } from "../../../src/core/event.ts";
import { commit, tree } from "./daemon-double.ts";

/** What a job usually goes through. */
export const story = {
  started: { type: "stage_started", stage: "run", iteration: 1 },
  step: (label: string, stepId = label): JobEvent => ({ type: "step_started", stepId, label }),
  progress: (stepId: string, title: string): JobEvent => ({
    type: "step_progress",
    stepId,
    event: { type: "action", id: "action", kind: "edit", title, phase: "started" },
  }),
  finished: (stepId: string, outcome: "ok" | "failed" | "denied" = "ok", detail?: string): JobEvent => ({
    type: "step_finished",
    stepId,
    outcome,
    ...(detail !== undefined && { detail }),
  }),
  spent: { type: "spent", role: "orchestrator", model: "openai/gpt-5.5", usage: usage(12_300, 140, 0.08) },
  claimed: (text = "The rounding is fixed, and everything is fine."): JobEvent => ({ type: "claimed", text }),
  verified: [
    { type: "stage_started", stage: "verify", iteration: 1 },
    {
      type: "candidate_taken",
      tree,
      stat: { files: 2, insertions: 14, deletions: 3 },
      paths: ["price.js", "price.test.js"],
    },
    { type: "check_finished", tree, check: check("unit", "passed", 4_200) },
    { type: "check_finished", tree, check: check("tsc", "passed", 812) },
    { type: "judged", verdict: "accept", reasons: [] },
    { type: "accepted", ref: "refs/heads/chargehand/accepted/x", commit, tree },
  ],
  rejected: [
    { type: "stage_started", stage: "verify", iteration: 3 },
    { type: "candidate_taken", tree, stat: { files: 1, insertions: 1, deletions: 1 }, paths: ["price.js"] },
    {
      type: "check_finished",
      tree,
      check: check("unit", "failed", 3_900, "price.test.js:5\n  Expected: 5\n  Actual: 6\n"),
    },
    { type: "judged", verdict: "reject", reasons: ['Check "unit" failed with exit code 1.'] },
    { type: "rejected", reason: 'Check "unit" failed with exit code 1.' },
  ],
  merged: { type: "merged", commit: `c0ffee1${"c".repeat(33)}`, into: "main" },
} as const satisfies Record<string, JobEvent | readonly JobEvent[] | ((...args: never[]) => JobEvent)>;

export const mergeSubject = { type: "merge", tree, commit, into: "main" } as const satisfies ApprovalSubject;

export function commandSubject(argv: readonly string[] = ["git", "clean", "-fd"]): ApprovalSubject {
  return {
    type: "command",
    callId: "call-1",
    worktree: "task-price",
    argv: [...argv],
    cwd: "/srv/shop/task-price",
    tree,
    reason: "It deletes files that git does not know.",
  };
}

function usage(inputTokens: number, outputTokens: number, usd: number) {
  return { inputTokens, cachedInputTokens: 0, outputTokens, usd };
}

function check(label: string, outcome: "passed" | "failed", durationMs: number, tail = "") {
  return { label, argv: ["npm", "test"], outcome, exitCode: outcome === "passed" ? 0 : 1, durationMs, tail };
}
