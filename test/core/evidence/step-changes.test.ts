import { expect, test } from "vitest";
import type { JobEvent, LedgerEntry } from "../../../src/core/event.ts";
import { patchOfStep } from "../../../src/core/evidence/step-patch.ts";
import { stepsOf } from "../../../src/core/evidence/steps.ts";

const jobId = "aaaa1111";
const [base, one, two, three] = ["b", "1", "2", "3"].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
];

const submission = {
  ...{ requestId: "1", jobId, project: "shop", text: "Fix it", submittedAt: "2026-11-28T10:00:00.000Z" },
  requestedBy: { kind: "terminal" as const, id: "ann", name: "Ann" },
  origin: { type: "terminal" as const },
};

function ledger(...events: JobEvent[]): LedgerEntry[] {
  const queued = { type: "queued" as const, submission, base: { branch: "main", commit: base }, maxIterations: 3 };
  return [queued, ...events].map((event, index) => ({
    ...{ jobId, sequence: index + 1, at: "2026-11-28T10:00:00.000Z", event, previous: "0".repeat(64) },
  }));
}

const ran = (stepId: string, worktree: string, trees?: { before: string; after: string }): JobEvent[] => [
  { type: "step_started", stepId, label: stepId, worktree },
  { type: "step_finished", stepId, outcome: "ok", ...(trees && { trees }) },
];
const taken = (tree: string): JobEvent => ({
  ...{ type: "candidate_taken", tree, stat: { files: 1, insertions: 1, deletions: 1 }, paths: ["a"] },
});
const own = `task-${jobId}`;

test("OPS-04 what commands between two measurements changed is with the last of them, and the others say so", () => {
  const engine = ran("engine", own, { before: base, after: one });
  const steps = stepsOf(ledger(...engine, ...ran("mv", own), ...ran("rm", own), taken(two)));

  expect(steps.map((step) => step.change)).toEqual([
    { before: base, after: one, steps: [1] },
    { before: one, after: two, steps: [2, 3] },
    { before: one, after: two, steps: [2, 3] },
  ]);
  expect(steps.map(patchOfStep)).toEqual([
    { type: "difference", before: base, after: one },
    { type: "text", text: "# Measured together with steps 2, 3: the difference is with step 3.\n" },
    { type: "difference", before: one, after: two },
  ]);
});

test("OPS-04 a step that nobody measured says that, and one that changed nothing is empty", () => {
  const steps = stepsOf(
    ledger(...ran("engine", own, { before: one, after: one }), ...ran("ls", "main"), ...ran("mv", own)),
  );

  expect(steps.map(patchOfStep)).toEqual([
    { type: "text", text: "" },
    { type: "text", text: "" },
    { type: "text", text: "# What this step changed was not measured.\n" },
  ]);
});

test("OPS-04 what happened in another worktree of the job is not held against this one", () => {
  const [first, second] = stepsOf(
    ledger(...ran("here", own), ...ran("there", "task-other", { before: two, after: three }), taken(one)),
  );

  expect(first?.change).toEqual({ before: base, after: one, steps: [1] });
  expect(second?.change).toEqual({ before: two, after: three, steps: [2] });
});

test("OPS-04 an engine that a crash cut off shares its change with what came after it", () => {
  const [cut, again] = stepsOf(
    ledger(
      { type: "step_started", stepId: "engine", label: "engine", worktree: own },
      { type: "interrupted", reason: "The daemon ended." },
      ...ran("engine", own, { before: one, after: two }),
    ),
  );

  expect(cut).toMatchObject({ outcome: "interrupted", change: { before: base, after: one, steps: [1] } });
  expect(again?.change).toEqual({ before: one, after: two, steps: [2] });
});
