import { pino } from "pino";
import { expect, test } from "vitest";
import { Config } from "../../src/core/config.ts";
import type { JobEvent } from "../../src/core/event.ts";
import { pendingApprovals } from "../../src/core/job.ts";
import type { Decision } from "../../src/core/queue.ts";
import { carryOut, type DecisionDeps } from "../../src/daemon/decisions.ts";
import { JobBook } from "../../src/daemon/job-book.ts";
import { jobIdOf } from "../../src/platform/job-desk.ts";
import { connectRedis } from "../../src/platform/redis.ts";
import { never, temporaryFolder } from "../support/project.ts";
import { startTestRedis } from "../support/redis.ts";

const jobId = jobIdOf("decisions");
const ann = { kind: "terminal", id: "1", name: "Ann" } as const;
const at = "2026-11-28T10:00:00.000Z";
const [first, second] = ["f", "s"].map((letter) => letter.repeat(22)) as [string, string];

const queued: JobEvent = {
  type: "queued",
  submission: {
    ...{ requestId: "decisions", jobId, project: "shop", text: "Fix it", submittedAt: at },
    ...{ requestedBy: ann, origin: { type: "terminal" } },
  },
  base: { branch: "main", commit: "a".repeat(40) },
  maxIterations: 3,
};

/** An attempt that was accepted, and the question whether to merge its tree. */
function acceptedIn(iteration: number, question: string): JobEvent[] {
  const work = { tree: `${iteration}`.repeat(40), commit: "c".repeat(40) };
  const subject = { type: "merge" as const, ...work, into: "main" };
  return [
    { type: "stage_started", stage: "run", iteration },
    { type: "stage_started", stage: "verify", iteration },
    { type: "accepted", ref: "refs/heads/chargehand/accepted/x", ...work },
    { type: "approval_requested", approval: { id: question, jobId, subject, askedAt: at } },
  ];
}

function settle(approvalId: string, more: Partial<Extract<Decision, { type: "settle" }>>): Decision {
  return { type: "settle", jobId, approvalId, choice: "merge", by: ann, ...more };
}

test("BOT-04 LD-05 an answer is about the tree it was given to: none settles the question about another one", async () => {
  await using scope = new AsyncDisposableStack();
  const { path: home } = scope.use(await temporaryFolder());
  const { target } = scope.use(await startTestRedis());
  const log = pino({ enabled: false });
  const redis = scope.adopt(await connectRedis(target, log, never), (it) => it.disconnect());
  const book = scope.use(new JobBook({ home, homeId: "home00000000", redis }));
  const orders: string[] = [];
  const deps = {
    ...{
      book,
      log,
      config: Config.parse({ projects: { shop: { baseDir: "/srv/shop" } } }),
      findOrder: async () => undefined,
    },
    order: async ({ stage }: { stage: string }) => void orders.push(stage),
  } as unknown as DecisionDeps;
  const open = async () => pendingApprovals(await book.known(jobId)).map(({ id }) => id);
  for (const event of [queued, ...acceptedIn(1, first)]) await book.record(jobId, event);
  await carryOut(deps, settle(first, { choice: "change", advice: "In cents" }), never);
  for (const event of acceptedIn(2, second)) await book.record(jobId, event);

  const late: Decision[] = [
    settle(first, {}),
    settle("x".repeat(22), {}),
    settle(second, { choice: "allow_once" }),
    settle(second, { by: { kind: "mcp", id: "1", name: "An agent" } }),
  ];
  for (const decision of late) await carryOut(deps, decision, never);
  const untouched = await open();
  await carryOut(deps, settle(second, {}), never);

  expect(untouched).toEqual([second]);
  expect(orders).toEqual(["run", "land"]);
  expect(await open()).toEqual([]);
});
