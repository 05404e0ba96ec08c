import { expect, test } from "vitest";
import { homesAtWork } from "../../src/core/home.ts";
import { isTerminal, pendingApprovals } from "../../src/core/job.ts";
import type { JobId, Person } from "../../src/core/task.ts";
import { type Fleet, prepareFleet } from "../support/fleet.ts";
import { gitIn } from "../support/project.ts";
import { until } from "../support/until.ts";

const ann: Person = { kind: "terminal", id: "1001", name: "Ann" };
const patience = { timeoutMs: 120_000 };

function order({ desk }: Fleet, project: string, requestId: string): Promise<JobId> {
  const origin = { type: "terminal" } as const;
  return desk.submit({ requestId, project, text: `Fix the price, ${requestId}`, requestedBy: ann, origin });
}

function question({ desk }: Fleet, jobId: JobId): Promise<string> {
  const asked = async () => {
    const job = await desk.job(jobId);
    return job && pendingApprovals(job)[0]?.id;
  };
  return until(asked, { ...patience, what: `job ${jobId} asks` });
}

async function merge(fleet: Fleet, jobId: JobId): Promise<void> {
  const approvalId = await question(fleet, jobId);
  await fleet.desk.decide({ type: "settle", jobId, approvalId, choice: "merge", by: ann });
  await until(async () => (await fleet.desk.job(jobId))?.outcome === "merged", patience);
}

test("DU-15 an order goes to the daemon that has its project, and so does the answer to its question", async () => {
  await using fleet = await prepareFleet({ east: ["shop"], west: ["blog"] });
  const { east, west } = fleet.daemons;
  await Promise.all([east?.part.start(), west?.part.start()]);

  const [shopJob, blogJob] = await Promise.all([order(fleet, "shop", "one"), order(fleet, "blog", "two")]);
  await Promise.all([merge(fleet, shopJob), merge(fleet, blogJob)]);

  expect(await east?.jobs()).toEqual([shopJob]);
  expect(await west?.jobs()).toEqual([blogJob]);
  for (const [project, jobId] of [["shop", shopJob] as const, ["blog", blogJob] as const]) {
    expect(gitIn(fleet.main(project), "log", "--merges", "--format=%b")).toContain(`Chargehand-Job: ${jobId}`);
  }
}, 300_000);

test("DU-15 a cancel reaches the job whose project nobody holds, as soon as somebody does", async () => {
  await using fleet = await prepareFleet({ east: ["shop"], west: ["blog"] });
  const { east, west } = fleet.daemons;
  await east?.part.start();
  const jobId = await order(fleet, "blog", "early");
  await fleet.desk.decide({ type: "cancel", jobId, by: ann });

  expect(homesAtWork(await fleet.desk.roster(), "blog")).toEqual([]);
  await west?.part.start();

  await until(async () => (await fleet.desk.job(jobId))?.status === "cancelled", patience);
  expect(await east?.jobs()).toEqual([]);
  expect(await west?.jobs()).toEqual([jobId]);
}, 300_000);

test("DU-15 LD-03 two homes merge into one project in turn, each job once", async () => {
  await using fleet = await prepareFleet({ east: ["shop"], west: ["shop"] });
  const { east, west } = fleet.daemons;
  await Promise.all([east?.part.start(), west?.part.start()]);
  const jobIds = await Promise.all(Array.from({ length: 4 }, (_, index) => order(fleet, "shop", `job ${index}`)));
  await Promise.all(jobIds.map((jobId) => question(fleet, jobId)));

  await Promise.all(jobIds.map((jobId) => merge(fleet, jobId)));

  const told = gitIn(fleet.main("shop"), "log", "--merges", "--format=%(trailers:key=Chargehand-Job,valueonly)");
  expect(told.split("\n").filter(Boolean).toSorted()).toEqual(jobIds.toSorted());
  const jobs = await fleet.desk.jobs();
  expect(jobs.flatMap(({ approvals }) => approvals).filter(({ settlement }) => settlement?.type === "void")).toEqual(
    [],
  );
}, 300_000);

test("DU-15 DU-06 of two daemons with one project one is killed: the other goes on, each job is one home's, a flush changes nothing", async () => {
  await using fleet = await prepareFleet({ east: ["shop"], west: ["shop"] });
  const { east, west } = fleet.daemons;
  await Promise.all([east?.part.start(), west?.part.start()]);
  const jobIds = await Promise.all(Array.from({ length: 8 }, (_, index) => order(fleet, "shop", `job ${index}`)));
  await until(async () => (await west?.jobs())?.length, patience);
  await east?.part.kill();

  const ofWest = async () => (await west?.jobs()) ?? [];
  await until(
    async () =>
      (await Promise.all((await ofWest()).map((jobId) => fleet.desk.job(jobId)))).every(
        (job) => job !== undefined && pendingApprovals(job).length > 0,
      ),
    { ...patience, what: "west's jobs go on" },
  );
  await until(async () => homesAtWork(await fleet.desk.roster()).length === 1);
  await east?.part.start();
  await Promise.all(jobIds.map((jobId) => question(fleet, jobId)));
  await fleet.redis.flushall();
  await until(async () => (await fleet.desk.jobs()).length === 8, patience);
  for (const jobId of jobIds) {
    const approvalId = await question(fleet, jobId);
    await fleet.desk.decide({ type: "settle", jobId, approvalId, choice: "discard", by: ann });
  }
  await until(async () => (await fleet.desk.jobs()).every(({ status }) => isTerminal(status)), patience);

  const homes = [...((await east?.jobs()) ?? []), ...(await ofWest())];
  expect(homes.toSorted()).toEqual(jobIds.toSorted());
  const jobs = await fleet.desk.jobs();
  expect(jobs.map(({ outcome }) => outcome)).toEqual(jobs.map(() => "discarded"));
  // A job's place is cleared behind its ending, and its base is given back last of all.
  const bases = () => gitIn(fleet.main("shop"), "for-each-ref", "--format=%(refname)", "refs/chargehand/base");
  await until(() => bases() === "", { ...patience, what: bases });
}, 400_000);
