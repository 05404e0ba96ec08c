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
  const { part: daemon, home } = town.daemons[0];
  await town.redis.start();
  await Promise.all([daemon.start(), town.bot.start()]);
  const watch = new LedgerWatch([home]);
  using robot = new Robot(town);

  let ordered = 0;
  for (const transition of transitions) {
    if (!watch.isToCome(transition)) {
      ordered += 1;
      town.ann.sends(orderText(ordered));
    }
    expect([transition, await watch.until(transition, 120_000)]).toEqual([transition, true]);
    await daemon.kill();
    await daemon.start();
  }
  const haveAllEnded = async () => {
    await watch.news();
    return watch.states.length === ordered && watch.states.every(({ status }) => isTerminal(status));
  };
  await until(haveAllEnded, { timeoutMs: 300_000 });

  const circumstances = { states: watch.states, jobsOrdered: ordered, wasFlushed: false };
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
