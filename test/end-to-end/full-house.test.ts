import { expect, test } from "vitest";
import { homesAtWork } from "../../src/core/home.ts";
import type { Person } from "../../src/core/task.ts";
import { type Fleet, prepareFleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

const ann: Person = { kind: "terminal", id: "1001", name: "Ann" };
const patience = { timeoutMs: 120_000 };

const order = ({ desk }: Fleet, requestId: string) =>
  desk.submit({ requestId, project: "shop", text: "Fix it", requestedBy: ann, origin: { type: "terminal" } });

const running = async ({ desk }: Fleet) => (await desk.jobs()).filter(({ status }) => status === "running").length;

test("DU-15 DU-10 a daemon with no place left leaves orders to one that has, and keeps them where all are full", async () => {
  await using fleet = await prepareFleet(
    { east: ["shop"], west: ["shop"] },
    { limits: { concurrency: 2 }, script: () => ({ hang: true }) },
  );
  const { east, west } = fleet.daemons;
  await Promise.all([east?.part.start(), west?.part.start()]);

  await Promise.all(["one", "two", "three", "four"].map((requestId) => order(fleet, requestId)));
  await until(async () => (await running(fleet)) === 4, { ...patience, what: "all four run" });
  expect([await east?.jobs(), await west?.jobs()]).toEqual([
    [expect.any(String), expect.any(String)],
    [expect.any(String), expect.any(String)],
  ]);

  await until(async () => homesAtWork(await fleet.desk.roster()).every(({ full }) => full.includes("shop")), patience);
  const fifth = await order(fleet, "five");
  const inLine = () => fleet.desk.job(fifth).then((job) => job?.line);
  expect(await until(inLine, patience)).toMatchObject({ position: 1 });
}, 300_000);
