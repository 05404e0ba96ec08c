import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { expect, test } from "vitest";
import type { Tracker } from "../../src/core/tracker.ts";
import { TrackerConfig } from "../../src/core/tracker-config.ts";
import { memoryTracker, stranger } from "../../src/emulators/memory-tracker.ts";
import { createJobDesk } from "../../src/platform/job-desk.ts";
import { wakePoll } from "../../src/platform/poll-queue.ts";
import { connectRedis } from "../../src/platform/redis.ts";
import { trackerSource } from "../../src/sources/trackers/tracker-source.ts";
import { openOrders } from "../support/orders.ts";
import { never } from "../support/project.ts";
import { startTestRedis } from "../support/redis.ts";
import { until } from "../support/until.ts";

/** Two daemons' worth of one tracker's source on one Redis. */
async function startTwo(asIfFar: (tracker: Tracker) => Tracker = (tracker) => tracker) {
  await using opening = new AsyncDisposableStack();
  const server = opening.use(await startTestRedis());
  const log = pino({ enabled: false });
  const redis = opening.adopt(await connectRedis(server.target, log, never), (it) => it.disconnect());
  const desk = opening.use(createJobDesk(redis));
  const orders = opening.use(openOrders(redis));
  const memory = memoryTracker();
  const config = TrackerConfig.parse({
    ...{ kind: "github", project: "shop", token: "TOKEN", limits: { concurrent: 64 }, pollInterval: "1h" },
  });
  const start = (trust = config.trust, pollInterval = config.pollInterval) => {
    const stopping = new AbortController();
    const source = trackerSource({
      ...{
        name: "issues",
        config: { ...config, trust, pollInterval },
        tracker: asIfFar(memory.tracker),
        card: undefined,
        redact: (text) => text,
      },
      ...{ redis, target: server.target, log },
    });
    const running = source.run(desk, stopping.signal);
    const stop = async () => {
      stopping.abort();
      await running;
    };
    return { stop, [Symbol.asyncDispose]: stop };
  };
  const daemons = [opening.use(start()), opening.use(start())] as const;
  const scope = opening.move();
  return {
    ...{ memory, daemons, start, orders, redis, wake: () => wakePoll(redis, "issues") },
    looks: () => memory.calls.filter(({ call }) => call === "issuesByStates").length,
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

test("TR-03 SY-53 two daemons order each issue once, and when one leaves the other goes on", async () => {
  await using two = await startTwo();
  for (let id = 1; id <= 8; id += 1) two.memory.opens({ id: `${id}` });

  await Promise.all(Array.from({ length: 6 }, () => two.wake()));
  await until(async () => (await two.orders.all()).length === 8);
  await two.daemons[0].stop();
  two.memory.opens({ id: "9" });
  await two.wake();
  await until(async () => (await two.orders.all()).length === 9);

  const requests = (await two.orders.all()).map(({ requestId }) => requestId);
  expect(new Set(requests).size).toBe(9);
  expect(two.memory.commentsOn("1")).toHaveLength(1);
});

test("TR-06 whoever is added to those who are trusted is so from the restart on, for issues that wait untouched, too", async () => {
  await using two = await startTwo();
  two.memory.opens({ id: "1", author: stranger });
  two.memory.opens({ id: "2" });
  await two.wake();
  await until(async () => (await two.orders.all()).length === 1);

  for (const daemon of two.daemons) await daemon.stop();
  await using _restarted = two.start({ associations: ["owner"], users: [stranger.id] });

  await until(async () => (await two.orders.all()).length === 2);
});

test("TR-01 SY-14 the first look comes at the start, and the next ones by themselves at the interval that is set now", async () => {
  await using two = await startTwo();
  two.memory.opens({ id: "1" });
  await until(async () => two.looks() > 0);
  for (const daemon of two.daemons) await daemon.stop();
  const before = two.looks();

  const restarted = two.start();
  await until(() => two.looks() > before);
  await restarted.stop();
  const again = two.looks();
  await using _hurried = two.start({ associations: ["owner"], users: [] }, 1_000);

  await until(() => two.looks() >= again + 8);
});

test("TR-03 of all daemons one looks at a time, however long a look takes", async () => {
  let looking = 0;
  let most = 0;
  let over = 0;
  await using two = await startTwo((tracker) => ({
    ...tracker,
    async issuesByStates(...args) {
      looking += 1;
      most = Math.max(most, looking);
      // Longer than the interval at which the next look is due.
      await delay(1_500);
      looking -= 1;
      over += 1;
      return tracker.issuesByStates(...args);
    },
  }));
  for (const daemon of two.daemons) await daemon.stop();
  await using _one = two.start({ associations: ["owner"], users: [] }, 1_000);
  await using _other = two.start({ associations: ["owner"], users: [] }, 1_000);

  await until(() => over >= 4);

  expect(most).toBe(1);
});

test("SY-20 many wishes to look are few looks, and one that comes while somebody looks is not lost", async () => {
  await using two = await startTwo();
  await until(() => two.looks() > 0);
  const before = two.looks();

  await Promise.all(Array.from({ length: 50 }, () => two.wake()));
  two.memory.opens({ id: "1" });
  await two.wake();
  await until(async () => (await two.orders.all()).length === 1);

  expect(two.looks() - before).toBeLessThan(10);
});
