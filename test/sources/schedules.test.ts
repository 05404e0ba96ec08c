import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { scheduleQueue } from "../../src/core/queue.ts";
import { Schedule, scheduleWords } from "../../src/core/schedule.ts";
import { jobIdOf } from "../../src/platform/job-desk.ts";
import { nextTime } from "../../src/platform/next-time.ts";
import { openQueue } from "../../src/platform/queues.ts";
import { lastRun } from "../../src/sources/schedules/fire.ts";
import { live, story } from "../cli/support/scene.ts";
import { until } from "../support/until.ts";
import { type SourceScene, startSourceScene } from "./support.ts";

const everySecond = { cron: "* * * * * *", timezone: "UTC" };

describe("a schedule at work", () => {
  let source: SourceScene;
  beforeEach(async () => {
    source = await startSourceScene();
  });
  afterEach(() => source[Symbol.asyncDispose]());
  const runOf = (name: string) => lastRun(source.scene.redis, "shop", name);

  test("IN-11 orders its task at its times, in its own name, and shows it in the owner's chat", async () => {
    source.schedule({ nightly: { ...everySecond, text: "Update the dependencies" } });

    const orders = await until(async () => {
      const all = await source.orders();
      return all.length >= 2 ? all : undefined;
    });

    expect(orders[0]).toMatchObject({
      text: "Update the dependencies",
      requestedBy: { kind: "schedule", id: "nightly", name: "schedule nightly" },
      origin: { type: "schedule", name: "nightly" },
      card: { chatId: 1001 },
    });
    expect(orders.every(({ requestId }) => /^schedule-shop\/nightly\/\d{4}-.*:\d\d\.000Z$/.test(requestId))).toBe(true);
  });

  test("IN-11 is ordered by one of two daemons, never by both", async () => {
    source.schedule({ nightly: { ...everySecond, text: "Once" } });
    source.schedule({ nightly: { ...everySecond, text: "Once" } });

    await until(async () => (await source.orders()).length >= 4);

    expect(source.given.length).toBe(new Set(source.given).size);
  });

  test("IN-11 a time that was missed while nothing was at work is made up for once", async () => {
    const schedules = { nightly: { ...everySecond, text: "Once" } };
    const { stop } = source.schedule(schedules);
    await until(() => runOf("nightly"));
    await stop();
    const stoppedAfter = Date.parse((await runOf("nightly"))?.dueAt ?? "");
    await until(() => Date.now() > stoppedAfter + 4_000);

    const restartedAt = Date.now();
    source.schedule(schedules);

    await until(async () => Date.parse((await runOf("nightly"))?.dueAt ?? "") > restartedAt);
    const dues = (await source.orders()).map(({ requestId }) =>
      Date.parse(requestId.replace("schedule-shop/nightly/", "")),
    );
    expect(dues.filter((due) => due > stoppedAfter && due <= restartedAt)).toHaveLength(1);
  });

  test("IN-11 a single time that is past is made up for, and that is said", async () => {
    const at = new Date(Date.now() - 2 * 3_600_000).toISOString();
    const once = { once: { at, text: "Tag the release" } };
    const { stop } = source.schedule(once);
    await until(() => runOf("once"));
    await stop();
    await source.schedule(once).stop();

    const orders = await source.orders();
    expect(orders).toHaveLength(1);
    expect(orders[0]?.requestedBy.name).toMatch(/^schedule once, missed at \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
  });

  test("IN-11 a single time more than a week ago is not made up for", async () => {
    const at = new Date(Date.now() - 8 * 24 * 3_600_000).toISOString();

    await source
      .schedule({ old: { at, text: "Tag the release" }, now: { at: new Date().toISOString(), text: "Now" } })
      .stop();
    const again = source.schedule({ now: { at: new Date().toISOString(), text: "Now" } });
    await until(() => runOf("now"));
    await again.stop();

    expect((await source.orders()).map(({ text }) => text)).not.toContain("Tag the release");
  });

  test("IN-11 a time is left out while the job of the time before is not over", async () => {
    source.schedule({ nightly: { ...everySecond, text: "Takes long" } });
    const [first] = await until(async () => {
      const all = await source.orders();
      return all.length > 0 ? all : undefined;
    });
    if (first === undefined) throw new Error("nothing was ordered");
    const jobId = await live(source.scene.book, first.requestId, story.ordered(first));

    // The last order before the job was known may be a later one; that one is let run, too.
    const open = new Set([jobId]);
    const left = await until(async () => {
      const run = await runOf("nightly");
      if (run?.outcome === "left_out") return run;
      const order = (await source.orders()).find((it) => it.jobId === run?.jobId);
      if (order !== undefined && !open.has(order.jobId)) {
        open.add(await live(source.scene.book, order.requestId, story.ordered(order)));
      }
      return undefined;
    });
    expect(open).toContain(left.jobId);

    await source.scene.book.record(left.jobId, { type: "cancelled", by: { kind: "terminal", id: "1", name: "Ann" } });

    const next = await until(async () => {
      const run = await runOf("nightly");
      return run?.outcome === "ordered" && run.dueAt > left.dueAt ? run : undefined;
    });
    expect(next.jobId).toBe(jobIdOf(`schedule-shop/nightly/${next.dueAt}`));
  });

  test("IN-11 goes on where Redis was emptied under a living connection", async () => {
    const later = new Date(Date.now() + 2 * 3_600_000).toISOString();
    source.schedule({ nightly: { ...everySecond, text: "Once" }, once: { at: later, text: "Later" } });
    await until(() => runOf("nightly"));

    await source.scene.redis.flushall();
    const emptiedAt = Date.now();

    await until(async () => Date.parse((await runOf("nightly"))?.dueAt ?? "") > emptiedAt);
    await using queue = asyncClosing(openQueue(source.scene.redis, scheduleQueue("shop")));
    const waiting = await until(async () => {
      const texts = (await queue.it.getDelayed()).map(({ name }) => name);
      return texts.includes("once") ? texts : undefined;
    });
    expect(waiting.filter((name) => name === "once")).toHaveLength(1);
  });

  test("IN-11 what the configuration no longer schedules is taken out of Redis", async () => {
    const in2Hours = new Date(Date.now() + 2 * 3_600_000).toISOString();
    await source
      .schedule({
        nightly: { cron: "0 3 * * *", timezone: "Europe/Berlin", text: "Every night" },
        once: { at: in2Hours, text: "Soon" },
      })
      .stop();
    await using queue = asyncClosing(openQueue(source.scene.redis, scheduleQueue("shop")));
    expect([(await queue.it.getJobSchedulers()).length, (await queue.it.getDelayed()).length]).toEqual([1, 2]);

    await source.schedule({}).stop();

    expect([(await queue.it.getJobSchedulers()).length, (await queue.it.getDelayed()).length]).toEqual([0, 0]);
  });
});

describe("the next times of a schedule", () => {
  const shop = { project: "shop", text: "Fix it" };

  test.each([
    [
      "clocks go back, the hour comes twice",
      "30 2 * * *",
      "2026-10-24T12:00:00Z",
      ["2026-10-25T00:30Z", "2026-10-26T01:30Z"],
    ],
    [
      "clocks go forward, the hour does not come",
      "30 2 * * *",
      "2026-03-28T12:00:00Z",
      ["2026-03-29T01:30Z", "2026-03-30T00:30Z"],
    ],
    [
      "three in the morning stays three in the morning",
      "0 3 * * *",
      "2026-10-24T12:00:00Z",
      ["2026-10-25T02:00Z", "2026-10-26T02:00Z"],
    ],
    ["weekdays only", "0 3 * * 1-5", "2026-11-27T12:00:00Z", ["2026-11-30T02:00Z", "2026-12-01T02:00Z"]],
  ])("IN-11 in Berlin, when %s", (_what, cron, after, expected) => {
    const schedule = Schedule.parse({ ...shop, cron, timezone: "Europe/Berlin" });

    let time = Date.parse(after);
    const times = expected.map(() => {
      time = nextTime(schedule, time) ?? Number.NaN;
      return time;
    });

    expect(times).toEqual(expected.map((it) => Date.parse(it)));
  });

  test("IN-11 a single time comes once", () => {
    const schedule = Schedule.parse({ ...shop, at: "2026-12-01T09:00:00+01:00" });

    expect(nextTime(schedule, Date.parse("2026-11-28T00:00:00Z"))).toBe(Date.parse("2026-12-01T08:00:00Z"));
    expect(nextTime(schedule, Date.parse("2026-12-01T08:00:00Z"))).toBeUndefined();
  });
});

test("IN-11 a missed time is told in the zone of its schedule", () => {
  const due = Date.parse("2026-11-30T02:00:00Z");

  expect(scheduleWords("nightly", { timezone: "Europe/Berlin" }, due, due + 5_000)).toBe("schedule nightly");
  expect(scheduleWords("nightly", { timezone: "Europe/Berlin" }, due, due + 3_600_000)).toBe(
    "schedule nightly, missed at 2026-11-30 03:00 Europe/Berlin",
  );
});

function asyncClosing<T extends { close(): Promise<void> }>(it: T): { readonly it: T } & AsyncDisposable {
  return { it, [Symbol.asyncDispose]: () => it.close() };
}
