import { afterEach, beforeEach, expect, test } from "vitest";
import { JobState } from "../../src/core/job.ts";
import { Decision } from "../../src/core/queue.ts";
import type { JobId, Submission } from "../../src/core/task.ts";
import { jobIdOf } from "../../src/platform/job-desk.ts";
import { commit, live, type Scene, startScene, story, untilPrinted } from "./support/scene.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await startScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

/** A daemon that works, is accepted, and merges when it is told to. */
function diligent(meanwhile: (jobId: JobId) => Promise<void> = async () => {}) {
  return {
    async onOrder(submission: Submission) {
      const { jobId } = submission;
      await scene.book.record(jobId, story.ordered(submission));
      for (const event of story.working()) await scene.book.record(jobId, event);
      await meanwhile(jobId);
      for (const event of story.accepted(jobId)) await scene.book.record(jobId, event);
    },
    async onDecision(data: unknown) {
      const decision = Decision.parse(data);
      if (decision.type !== "settle" && decision.type !== "cancel") return;
      if (decision.type === "cancel") {
        await scene.book.record(decision.jobId, { type: "cancelled", by: decision.by });
        return;
      }
      const { jobId, approvalId, choice, by } = decision;
      const settlement = { type: "chosen", choice, by } as const;
      await scene.book.record(jobId, { type: "approval_settled", approvalId, settlement });
      if (choice === "merge") await scene.book.record(jobId, { type: "merged", commit, into: "main" });
    },
  };
}

test("IN-02 run orders, tells what happens on stderr, merges with --yes and ends with 0", async () => {
  await scene.employ(diligent());

  const { exitCode, stdout, stderr } = await scene.chargehand(
    "run",
    "Fix it",
    "-p",
    "shop",
    "--yes",
    "--request-id",
    "r1",
  );

  const jobId = jobIdOf("terminal-r1");
  expect(stderr.split("\n")).toEqual([
    `▸ ${jobId} queued: shop, from main aaaaaaaaaa`,
    "▸ codex exec 'Fix it'",
    "  · edit src/price.js",
    "✓ codex exec 'Fix it'",
    "  it says: All done.",
    "▸ 1 file changed, +2 −1",
    "  src/price.js",
    `✓ accepted: chargehand/accepted/${jobId}`,
    "? Merge aaaaaaaaaa into main?",
    expect.stringMatching(/^▸ merge, says /),
    "✓ merged into main: aaaaaaaaaa",
  ]);
  expect(stdout).toBe(`${jobId} merged (0 tokens): aaaaaaaaaa is on main`);
  expect(exitCode).toBe(0);
});

test("IN-02 without a terminal and without --yes, run says how to answer elsewhere and goes on when that happened", async () => {
  await scene.employ(diligent());
  const running = scene.chargehand("run", "Fix it", "-p", "shop", "--request-id", "r2");
  const jobId = jobIdOf("terminal-r2");
  await untilPrinted(
    running,
    `Waiting for an answer: chargehand merge ${jobId}, discard ${jobId}, or change ${jobId} "…".`,
  );

  const merging = await scene.chargehand("merge", jobId);

  expect(merging).toMatchObject({ exitCode: 0, stdout: `${jobId} merged` });
  expect((await running).exitCode).toBe(0);
});

test("IN-02 run --json prints one document, the job at its end", async () => {
  await scene.employ(diligent());

  const { stdout } = await scene.chargehand("run", "Fix it", "-p", "shop", "--yes", "--json");

  expect(JobState.parse(JSON.parse(stdout))).toMatchObject({ status: "done", outcome: "merged" });
});

test("IN-02 with --no-merge an accepted branch is enough: its name is printed and the merge is left open", async () => {
  await scene.employ(diligent());

  const { exitCode, stdout } = await scene.chargehand(
    "run",
    "Fix it",
    "-p",
    "shop",
    "--yes",
    "--no-merge",
    "--request-id",
    "r3",
  );

  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    `${jobIdOf("terminal-r3")} accepted (0 tokens): branch chargehand/accepted/${jobIdOf("terminal-r3")}`,
  );
  expect((await scene.desk.job(jobIdOf("terminal-r3")))?.status).toBe("awaiting_approval");
});

test("IN-02 a command that asks is shown whole, and --yes allows it once", async () => {
  const answered = Promise.withResolvers<void>();
  const staff = diligent(async (jobId) => {
    await scene.book.record(jobId, story.asksForCommand(jobId));
    await answered.promise;
  });
  const decisions: Decision[] = [];
  await scene.employ({
    onOrder: staff.onOrder,
    async onDecision(data) {
      decisions.push(Decision.parse(data));
      await staff.onDecision(data);
      answered.resolve();
    },
  });

  const { stderr } = await scene.chargehand("run", "Fix it", "-p", "shop", "--yes", "--request-id", "r4");

  expect(stderr).toContain(
    `? May this run in task-${jobIdOf("terminal-r4")}? It deletes files.\n  git clean -fd "two words"\n`,
  );
  expect(decisions[0]).toMatchObject({ type: "settle", choice: "allow_once", by: { kind: "terminal" } });
});

test("IN-02 a job that ends badly ends run with 1 and the reason", async () => {
  await scene.employ({
    async onOrder(submission) {
      await scene.book.record(submission.jobId, story.ordered(submission));
      await scene.book.record(submission.jobId, {
        type: "failed",
        code: "engine-missing",
        reason: "There is no codex.",
      });
    },
  });

  const { exitCode, stderr, stdout } = await scene.chargehand("run", "Fix it", "-p", "shop", "--yes");

  expect(exitCode).toBe(1);
  expect(stderr).toContain("✗ failed: There is no codex.");
  expect(stdout).toMatch(/^\w{8} failed/);
});

test("IN-02 --yes does not say yes for ever to a merge that is refused", async () => {
  const staff = diligent();
  await scene.employ({
    onOrder: staff.onOrder,
    async onDecision(data) {
      const decision = Decision.parse(data);
      if (decision.type !== "settle") return;
      const { jobId, approvalId, choice, by } = decision;
      await scene.book.record(jobId, {
        type: "approval_settled",
        approvalId,
        settlement: { type: "chosen", choice, by },
      });
      await scene.book.record(jobId, {
        type: "landing_refused",
        code: "merge-blocked",
        reason: "main has uncommitted changes.",
      });
      await scene.book.record(jobId, story.asksForMerge(jobId, "n".repeat(22)));
    },
  });

  const { exitCode, stderr } = await scene.chargehand("run", "Fix it", "-p", "shop", "--yes");

  expect(exitCode).toBe(1);
  expect(stderr.match(/not merged: main has uncommitted changes\./g)).toHaveLength(1);
});

test("IN-05 run with a request id that was a job before shows that job's end at once", async () => {
  const jobId = await live(scene.book, "terminal-before", story.queued("Fix it", "terminal-before"));
  await scene.book.record(jobId, { type: "rejected", reason: "Nothing was changed." }).catch(() => {});
  await scene.book.record(jobId, { type: "cancelled", by: { kind: "telegram", id: "1001", name: "Ann" } });
  await scene.employ({});

  const { exitCode, stdout } = await scene.chargehand("run", "Fix it", "-p", "shop", "--request-id", "before");

  expect(exitCode).toBe(1);
  expect(stdout).toContain(`${jobId} cancelled`);
});

test("Ctrl-C without a terminal leaves the job running and says so", async () => {
  const end = Promise.withResolvers<void>();
  await scene.employ(diligent(() => end.promise));
  const running = scene.chargehand("run", "Fix it", "-p", "shop", "--request-id", "r5");
  await untilPrinted(running, "edit src/price.js");

  running.kill("SIGINT");

  const { exitCode, stderr } = await running;
  const jobId = jobIdOf("terminal-r5");
  expect(exitCode).toBe(130);
  expect(stderr).toContain(`Job ${jobId} goes on without this terminal: chargehand status ${jobId} shows it.`);
  expect((await scene.desk.job(jobId))?.status).toBe("running");
  end.resolve();
});
