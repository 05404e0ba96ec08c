import { expect, test } from "vitest";
import { isTerminal } from "../../src/core/job.ts";
import { until } from "../support/until.ts";
import { lies } from "./invariants.ts";
import { Robot } from "./robot.ts";
import { buildTown, orderText } from "./town.ts";
import { LedgerWatch, type Transition } from "./watch.ts";

const transitions: readonly Transition[] = [
  "queued",
  "stage_started run",
  "step_started",
  "step_progress",
  "step_finished",
  "claimed",
  "stage_started verify",
  "candidate_taken",
  "check_finished",
  "judged",
  "accepted",
  "approval_requested",
  "approval_settled",
  "stage_started land",
  "merged",
];

test("DU-03 a daemon killed right after any line of a ledger goes on: one merge, no finished command twice, nothing left", async () => {
  await using town = await buildTown(transitions.length);
  await town.parts.redis.start();
  await Promise.all([town.parts.daemon.start(), town.parts.bot.start()]);
  const watch = new LedgerWatch(town.home);
  using robot = new Robot(town);

  for (const [index, transition] of transitions.entries()) {
    town.ann.sends(orderText(index + 1));
    expect([transition, await watch.until(transition, 60_000)]).toEqual([transition, true]);
    await town.parts.daemon.kill();
    await town.parts.daemon.start();
    await until(async () => {
      await watch.news();
      return watch.states.length === index + 1 && watch.states.every(({ status }) => isTerminal(status));
    });
  }

  const circumstances = { states: watch.states, jobsOrdered: transitions.length, wasFlushed: false };
  // One chat takes one message a second, so the last cards come a while after the last job.
  let found: string[] = [];
  await until(
    async () => {
      found = await lies(town, circumstances);
      return found.length === 0;
    },
    { timeoutMs: 180_000 },
  ).catch(() => {});
  expect(found).toEqual([]);
  expect(robot).toBeDefined();
}, 900_000);
