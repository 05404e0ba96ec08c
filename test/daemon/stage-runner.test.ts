import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, test } from "vitest";
import { Config } from "../../src/core/config.ts";
import type { StageOrder } from "../../src/core/queue.ts";
import { JobBook } from "../../src/daemon/job-book.ts";
import { WorktreePool } from "../../src/daemon/pool/worktree-pool.ts";
import { mainTip, openProject } from "../../src/daemon/projects.ts";
import { Removals } from "../../src/daemon/removals.ts";
import { StageRunner } from "../../src/daemon/stage-runner.ts";
import { makeSampleProject } from "../../src/demo/sample-project.ts";
import { jobIdOf } from "../../src/platform/job-desk.ts";
import { connectRedis } from "../../src/platform/redis.ts";
import { startTestRedis } from "../support/redis.ts";
import { until } from "../support/until.ts";

const signal = AbortSignal.timeout(30_000);

test("what a stage ordered, or a person answered to it, waits for that stage's end instead of being lost", async () => {
  await using scope = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "chargehand-stages-"));
  scope.defer(() => rm(directory, { recursive: true, force: true }));
  const log = pino({ enabled: false });
  const { target } = scope.use(await startTestRedis());
  const redis = scope.adopt(await connectRedis(target, log, signal), (it) => it.disconnect());
  const book = scope.use(new JobBook({ home: directory, homeId: "home00000000", redis }));
  const baseDir = await makeSampleProject(join(directory, "shop"), signal);
  const config = Config.parse({ projects: { shop: { baseDir } } });
  const project = await openProject(config, "shop", signal);
  const jobId = jobIdOf("stages");
  await book.record(jobId, {
    type: "queued",
    submission: {
      requestId: "stages",
      jobId,
      project: "shop",
      text: "Fix it",
      requestedBy: { kind: "terminal", id: "0", name: "ann" },
      origin: { type: "terminal" },
      submittedAt: new Date().toISOString(),
    },
    base: { branch: "main", commit: await mainTip(project, signal) },
    maxIterations: 3,
  });

  const removals = scope.use(new Removals(log));
  const pool = scope.use(new WorktreePool({ home: directory, size: 0, log, removals }));
  const story: string[] = [];
  const order: StageOrder = { jobId, stage: "run", iteration: 1, sequence: 1 };
  const runner: StageRunner = new StageRunner(
    { config, held: new Set(["shop"]), home: directory, book, log, order: async () => {}, pool, removals },
    {
      async run() {
        story.push("run begins");
        const { sequence } = await book.record(jobId, { type: "claimed", text: "Done." });
        await runner.take({ ...order, stage: "verify", sequence });
        story.push("run ends");
      },
      async verify() {
        story.push("verify");
      },
      land: async () => {},
    },
  );
  await runner.take(order);
  await until(() => story.includes("verify"));

  expect(story).toEqual(["run begins", "run ends", "verify"]);
});
