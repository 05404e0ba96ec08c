import { expect, test } from "vitest";
import type { JobEvent, LedgerEntry } from "../../src/core/event.ts";
import { fold, isTerminal, type JobState, mayHappen } from "../../src/core/job.ts";
import { spentBy } from "../../src/core/spent.ts";

const commit = "a".repeat(40);
const tree = "b".repeat(40);
const ann = { kind: "telegram", id: "1001", name: "Ann" } as const;
const approval = {
  id: "A".repeat(22),
  jobId: "aaaa1111",
  subject: { type: "merge", tree, commit, into: "main" },
  askedAt: "2026-01-01T00:00:00.000Z",
} as const;

const queued: JobEvent = {
  type: "queued",
  submission: {
    requestId: "r1",
    jobId: "aaaa1111",
    project: "shop",
    text: "Fix it",
    requestedBy: ann,
    origin: { type: "terminal" },
    submittedAt: "2026-01-01T00:00:00.000Z",
  },
  base: { branch: "main", commit },
  maxIterations: 3,
};

function after(...events: JobEvent[]): JobState {
  const entries = [queued, ...events].map<LedgerEntry>((event, index) => ({
    jobId: "aaaa1111",
    sequence: index + 1,
    at: `2026-01-01T00:00:0${index % 10}.000Z`,
    event,
    previous: "0".repeat(64),
  }));
  const state = entries.reduce<JobState | undefined>(fold, undefined);
  if (state === undefined) throw new TypeError("unreachable");
  return state;
}

const accepted: JobEvent[] = [
  { type: "stage_started", stage: "run", iteration: 1 },
  { type: "stage_started", stage: "verify", iteration: 1 },
  { type: "candidate_taken", tree, stat: { files: 1, insertions: 1, deletions: 0 }, paths: ["a.txt"] },
  { type: "judged", verdict: "accept", reasons: [] },
  { type: "accepted", ref: "refs/heads/chargehand/accepted/aaaa1111", commit, tree },
  { type: "approval_requested", approval },
];
const tapped: JobEvent = {
  type: "approval_settled",
  approvalId: approval.id,
  settlement: { type: "chosen", choice: "merge", by: ann },
};

test("DU-01 a job goes from queued over running, verifying and accepted to done", () => {
  const statuses = [0, 1, 2, 5, 6].map((count) => after(...accepted.slice(0, count)).status);
  const merged = after(
    ...accepted,
    tapped,
    { type: "stage_started", stage: "land", iteration: 1 },
    { type: "merged", commit, into: "main" },
  );

  expect(statuses).toEqual(["queued", "running", "verifying", "accepted", "awaiting_approval"]);
  expect(merged).toMatchObject({ status: "done", outcome: "merged", mergedCommit: commit });
  expect(merged.endedAt).toBeDefined();
});

test("DU-01 nothing happens to a job that has ended", () => {
  const ended = after({ type: "cancelled", by: ann });

  expect(isTerminal(ended.status)).toBe(true);
  expect(mayHappen(ended, { type: "stage_started", stage: "run", iteration: 1 })).toBe(false);
  expect(mayHappen(ended, { type: "cancelled", by: ann })).toBe(false);
});

test("DU-01 a verdict comes only while verifying, a merge only of accepted work", () => {
  const running = after({ type: "stage_started", stage: "run", iteration: 1 });

  expect(mayHappen(running, { type: "judged", verdict: "accept", reasons: [] })).toBe(false);
  expect(mayHappen(running, { type: "merged", commit, into: "main" })).toBe(false);
  expect(mayHappen(running, { type: "accepted", ref: "x", commit, tree })).toBe(false);
  expect(mayHappen(undefined, { type: "stage_started", stage: "run", iteration: 1 })).toBe(false);
});

test("LD-02 a merge that was refused voids the tap, so that only another tap can merge", () => {
  const refused = after(...accepted, tapped, {
    type: "landing_refused",
    code: "merge-blocked",
    reason: "main/ has uncommitted changes.",
  });

  expect(refused.status).toBe("accepted");
  expect(refused.approvals.at(-1)?.settlement).toEqual({ type: "void", reason: "main/ has uncommitted changes." });
});

test("BOT-01 the state remembers the last steps, how each went, and how many there were", () => {
  const steps = Array.from({ length: 20 }, (_, index) => `s${index}`);
  const state = after(
    ...steps.flatMap<JobEvent>((stepId) => [
      { type: "step_started", stepId, label: `git log ${stepId}` },
      { type: "step_finished", stepId, outcome: "ok" },
    ]),
    { type: "step_started", stepId: "engine", label: "codex exec" },
    {
      type: "step_progress",
      stepId: "engine",
      event: { type: "action", id: "1", kind: "edit", title: "edits price.js", phase: "completed" },
    },
  );

  expect(state.stepCount).toBe(21);
  expect(state.steps).toHaveLength(12);
  expect(state.steps.at(-2)).toMatchObject({ label: "git log s19", outcome: "ok" });
  expect(state.steps.at(-1)).toMatchObject({ outcome: "running", progress: "edits price.js" });
});

test("DU-09 a cancel marks what was running as interrupted", () => {
  const state = after({ type: "step_started", stepId: "1", label: "codex exec" }, { type: "cancelled", by: ann });

  expect(state.steps).toMatchObject([{ outcome: "interrupted" }]);
  expect(state.reason).toBe("Cancelled by Ann.");
});

test("EN-03 what a thread of an engine was counted with adds up by itself, whatever its name is", () => {
  const usage = { inputTokens: 100, cachedInputTokens: 40, outputTokens: 20 };
  const spent = (threadId?: string): JobEvent => ({
    type: "spent",
    role: "engine",
    model: "codex",
    usage,
    ...(threadId && { threadId }),
  });

  const state = after(spent(), spent("t1"), spent("constructor"), spent("t1"));

  expect(state.spent).toMatchObject({ inputTokens: 400, outputTokens: 80 });
  expect(spentBy("t1", state.threads)).toEqual({ inputTokens: 200, cachedInputTokens: 80, outputTokens: 40, usd: 0 });
  expect(spentBy("constructor", state.threads)).toMatchObject({ inputTokens: 100 });
  expect(spentBy("toString", state.threads)).toBeUndefined();
});

test("TG-47 EN-04 the state remembers which threads gave nothing, each once, and no others", () => {
  const completed = (threadId: string, failure?: "thread-lost" | "limited"): JobEvent => ({
    type: "step_progress",
    stepId: "1",
    event: { type: "completed", ok: failure === undefined, answer: "", threadId, ...(failure && { failure }) },
  });

  const state = after(
    { type: "stage_started", stage: "run", iteration: 1 },
    completed("t1", "thread-lost"),
    completed("t1", "thread-lost"),
    completed("t2"),
    completed("t3", "limited"),
    { type: "interrupted", reason: "Stopped." },
  );

  expect(state.lostThreads).toEqual(["t1"]);
});
