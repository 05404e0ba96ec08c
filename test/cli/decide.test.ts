import { afterEach, beforeEach, expect, test } from "vitest";
import { Decision } from "../../src/core/queue.ts";
import type { JobId } from "../../src/core/task.ts";
import { commit, live, type Scene, startScene, story } from "./support/scene.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

/** Settles every question as it was answered and ends cancelled jobs. */
const clerk = {
  async onDecision(data: unknown) {
    const decision = Decision.parse(data);
    if (decision.type !== "settle" && decision.type !== "cancel") return;
    if (decision.type === "cancel") {
      await scene.book.record(decision.jobId, { type: "cancelled", by: decision.by });
      return;
    }
    const { jobId, approvalId, choice, by, advice } = decision;
    const settlement = { type: "chosen" as const, choice, by, ...(advice !== undefined && { advice }) };
    await scene.book.record(jobId, { type: "approval_settled", approvalId, settlement });
    if (choice === "discard") await scene.book.record(jobId, { type: "discarded", by });
  },
};

async function asking(requestId: string, ...approvalIds: string[]): Promise<JobId> {
  const jobId = await live(scene.book, requestId, story.queued("Fix it", requestId), ...story.working());
  for (const id of approvalIds) await scene.book.record(jobId, story.asksForCommand(jobId, id));
  return jobId;
}

const approvalId = "c".repeat(22);

test("DU-05 approve answers the job's open question and waits until the answer has arrived", async () => {
  await scene.employ(clerk);
  const jobId = await asking("approve", approvalId);

  const { exitCode, stdout } = await scene.chargehand("approve", jobId, "--for-job");

  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${jobId} running` });
  const row = (await scene.desk.job(jobId))?.approvals[0];
  expect(row?.settlement).toMatchObject({ type: "chosen", choice: "allow_for_job", by: { kind: "terminal" } });
});

test("DU-05 deny takes advice along, and an approval's own id names the question", async () => {
  await scene.employ(clerk);
  const jobId = await asking("deny", approvalId, "d".repeat(22));

  const { exitCode } = await scene.chargehand("deny", approvalId, "--advice", "Keep the files.");

  expect(exitCode).toBe(0);
  const rows = (await scene.desk.job(jobId))?.approvals ?? [];
  expect(rows[0]?.settlement).toMatchObject({ choice: "deny", advice: "Keep the files." });
  expect(rows[1]?.settlement).toBeUndefined();
});

test("DU-05 with two open questions a job's id is not enough, and both are named", async () => {
  await scene.employ(clerk);
  const jobId = await asking("two", approvalId, "d".repeat(22));

  const { exitCode, stderr } = await scene.chargehand("approve", jobId);

  expect(exitCode).toBe(5);
  expect(stderr).toBe(
    `chargehand: Job ${jobId} asks several things. Name one of them: ${approvalId}, ${"d".repeat(22)}.`,
  );
});

test("DU-05 the first answer stands: a second, different one exits with 5 and says whose was first", async () => {
  const jobId = await asking("first", approvalId);
  const by = { kind: "telegram", id: "1001", name: "Ann" } as const;
  await scene.desk.decide({ type: "settle", jobId, approvalId, choice: "deny", by });

  const { exitCode, stderr } = await scene.chargehand("approve", jobId);

  expect(exitCode).toBe(5);
  expect(stderr).toBe("chargehand: Ann answered before: deny.");
});

test("OPS-03 a decision without a daemon is recorded, and exits with 3", async () => {
  const jobId = await asking("nobody", approvalId);

  const { exitCode, stderr } = await scene.chargehand("approve", jobId);

  expect(exitCode).toBe(3);
  expect(stderr).toBe(
    "chargehand: Recorded, and not carried out yet. No daemon is running. The job goes on as soon as one does. (chargehand up)",
  );
});

test("OPS-03 a decision that is not carried out in time exits with 6", async () => {
  await scene.employ({ onDecision: async () => {} });
  const jobId = await asking("slow", approvalId);

  const { exitCode, stderr } = await scene.chargehand("approve", jobId, "--timeout", "100ms");

  expect(exitCode).toBe(6);
  expect(stderr).toContain(`Recorded, but job ${jobId} has not acted on it yet`);
});

test("approve never merges by accident", async () => {
  await scene.employ(clerk);
  const jobId = await asking("merge");
  for (const event of story.accepted(jobId)) await scene.book.record(jobId, event);

  const { exitCode, stderr } = await scene.chargehand("approve", jobId);

  expect(exitCode).toBe(5);
  expect(stderr).toContain(`chargehand merge ${jobId}`);
});

test("merge waits for the merge itself: a refused landing exits with 1 and the reason", async () => {
  const jobId = await asking("refused");
  for (const event of story.accepted(jobId)) await scene.book.record(jobId, event);
  await scene.employ({
    async onDecision(data) {
      await clerk.onDecision(data);
      await scene.book.record(jobId, { type: "landing_refused", code: "merge-conflict", reason: "main has moved." });
    },
  });

  const { exitCode, stdout } = await scene.chargehand("merge", jobId);

  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: `${jobId} accepted: main has moved.` });
});

test("change sends the work back with the words of the person", async () => {
  await scene.employ(clerk);
  const jobId = await asking("change");
  for (const event of story.accepted(jobId)) await scene.book.record(jobId, event);

  const { exitCode } = await scene.chargehand("change", jobId, "Name the tests.");

  const row = (await scene.desk.job(jobId))?.approvals[0];
  expect(exitCode).toBe(0);
  expect(row?.settlement).toMatchObject({ choice: "change", advice: "Name the tests." });
});

test("discard ends the job without its change", async () => {
  await scene.employ(clerk);
  const jobId = await asking("discard");
  for (const event of story.accepted(jobId)) await scene.book.record(jobId, event);

  const { exitCode, stdout } = await scene.chargehand("discard", jobId, "--json");

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ status: "done", outcome: "discarded" });
});

test("DU-09 cancel works, works twice, and exits with 5 for a job that has ended otherwise", async () => {
  await scene.employ(clerk);
  const jobId = await asking("cancel", approvalId);
  const merged = await asking("merged");
  for (const event of story.accepted(merged)) await scene.book.record(merged, event);
  await scene.book.record(merged, { type: "stage_started", stage: "land", iteration: 1 });
  await scene.book.record(merged, { type: "merged", commit, into: "main" });

  const [first, second, late] = [
    await scene.chargehand("cancel", jobId),
    await scene.chargehand("cancel", jobId),
    await scene.chargehand("cancel", merged),
  ];

  expect([first.exitCode, second.exitCode, late.exitCode]).toEqual([0, 0, 5]);
  expect(first.stdout).toMatch(new RegExp(`^${jobId} cancelled: Cancelled by `));
  expect(late.stderr).toBe(`chargehand: Job ${merged} has ended (merged); there is nothing to cancel.`);
});

test("OPS-03 wait answers with how the job ended: 0, 1, or 6 when it has not", async () => {
  const open = await asking("open");
  const ended = await asking("ended");
  await scene.book.record(ended, { type: "cancelled", by: { kind: "telegram", id: "1001", name: "Ann" } });

  const patient = await scene.chargehand("wait", open, "--timeout", "100ms");
  const cancelled = await scene.chargehand("wait", ended);

  expect(patient.exitCode).toBe(6);
  expect(patient.stderr).toContain(`Job ${open} has not ended yet: running.`);
  expect(cancelled.exitCode).toBe(1);
});

test.each([
  ["merged", 0],
  ["discarded", 1],
] as const)("OPS-03 wait and run agree that a job which was %s ends with %d", async (outcome, exitCode) => {
  await scene.employ(clerk);
  const jobId = await asking(`terminal-${outcome}`);
  for (const event of story.accepted(jobId)) await scene.book.record(jobId, event);
  const by = { kind: "terminal", id: "1", name: "Ann" } as const;
  const settlement = { type: "chosen", choice: outcome === "merged" ? "merge" : "discard", by } as const;
  await scene.book.record(jobId, { type: "approval_settled", approvalId: "m".repeat(22), settlement });
  await scene.book.record(
    jobId,
    outcome === "merged" ? { type: "merged", commit, into: "main" } : { type: outcome, by },
  );

  const waited = await scene.chargehand("wait", jobId);
  const followed = await scene.chargehand("run", "Fix it", "--project", "shop", "--request-id", outcome);

  expect(followed.stdout).toContain(`${jobId} ${outcome}`);
  expect([waited.exitCode, followed.exitCode]).toEqual([exitCode, exitCode]);
});

test.each([
  ["keep", "keep_text"],
  ["take", "take_text"],
])("TR-08 %s answers the question about a task that changed, and no other question", async (name, choice) => {
  await scene.employ(clerk);
  const jobId = await asking(name, approvalId);
  const refused = await scene.chargehand(name, jobId);
  const subject = { type: "task_changed", change: "text", snapshot: "a".repeat(64), text: "Fix it all" } as const;
  const askedAt = new Date().toISOString();
  const approval = { id: "t".repeat(22), jobId, subject, askedAt };
  await scene.book.record(jobId, { type: "approval_requested", approval });

  const { exitCode } = await scene.chargehand(name, jobId);

  expect(refused.exitCode).not.toBe(0);
  expect(exitCode).toBe(0);
  const rows = (await scene.desk.job(jobId))?.approvals ?? [];
  expect(rows.map(({ settlement }) => settlement?.type === "chosen" && settlement.choice)).toEqual([false, choice]);
});
