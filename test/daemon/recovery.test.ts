import { expect, test } from "vitest";
import type { JobState } from "../../src/core/job.ts";
import { isOutdated, nextStage } from "../../src/daemon/recovery.ts";

const state = (status: JobState["status"], iteration = 1) =>
  ({ status, iteration, approvals: [] }) as unknown as JobState;

test.each<[JobState["status"], string | undefined]>([
  ["queued", "run"],
  ["running", "run"],
  ["verifying", "verify"],
  ["accepted", "land"],
  ["interrupted", "run"],
  ["awaiting_approval", undefined],
  ["done", undefined],
  ["cancelled", undefined],
])("DU-03 a job that was %s goes on with %s", (status, stage) => {
  expect(nextStage(state(status))).toBe(stage);
});

test.each<[string, JobState, Parameters<typeof isOutdated>[1], boolean]>([
  ["the first order of a queued job", state("queued", 0), { jobId: "aaaa1111", stage: "run", iteration: 1 }, false],
  ["the order that verifies what ran", state("running"), { jobId: "aaaa1111", stage: "verify", iteration: 1 }, false],
  [
    "a run delivered again while it is verified",
    state("verifying"),
    { jobId: "aaaa1111", stage: "run", iteration: 1 },
    true,
  ],
  ["the next iteration", state("verifying"), { jobId: "aaaa1111", stage: "run", iteration: 2 }, false],
  ["an earlier iteration", state("running", 2), { jobId: "aaaa1111", stage: "verify", iteration: 1 }, true],
  [
    "a run while a person is asked",
    state("awaiting_approval"),
    { jobId: "aaaa1111", stage: "run", iteration: 1 },
    true,
  ],
  ["a landing that was decided", state("accepted"), { jobId: "aaaa1111", stage: "land", iteration: 1 }, false],
  ["anything for a job that ended", state("done"), { jobId: "aaaa1111", stage: "land", iteration: 1 }, true],
  [
    "whatever an interrupted job is told",
    state("interrupted"),
    { jobId: "aaaa1111", stage: "verify", iteration: 1 },
    false,
  ],
])("DU-03 of %s it is known whether it is outdated", (_name, now, order, expected) => {
  expect(isOutdated(now, order)).toBe(expected);
});
