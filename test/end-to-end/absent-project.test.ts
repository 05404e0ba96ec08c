import { rename } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pendingApprovals } from "../../src/core/job.ts";
import type { JobId, Person } from "../../src/core/task.ts";
import { type Fleet, prepareFleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

const ann: Person = { kind: "terminal", id: "1001", name: "Ann" };
const patience = { timeoutMs: 120_000 };

const order = ({ desk }: Fleet, project: string, requestId: string) =>
  desk.submit({ requestId, project, text: "Fix the price", requestedBy: ann, origin: { type: "terminal" } });

function question({ desk }: Fleet, jobId: JobId): Promise<string> {
  const asked = async () => {
    const job = await desk.job(jobId);
    return job && pendingApprovals(job)[0]?.id;
  };
  return until(asked, { ...patience, what: `job ${jobId} asks` });
}

/** Takes a project's folder off the machine, and brings it back. */
function away({ folder }: Fleet, project: string) {
  const [here, elsewhere] = [join(folder, project), join(folder, `${project}-unmounted`)];
  return { begin: () => rename(here, elsewhere), end: () => rename(elsewhere, here) };
}

test("DU-15 a daemon serves the projects that are on its machine, and says everywhere which are not", async () => {
  await using fleet = await prepareFleet({ east: ["shop", "blog"] });
  const { east } = fleet.daemons;
  await away(fleet, "blog").begin();
  await east?.part.start();
  const [jobId, waiting] = [await order(fleet, "shop", "one"), await order(fleet, "blog", "two")];
  await question(fleet, jobId);

  const place = `${hostname()}:${east?.home}`;
  const status = await east?.chargehand("status");
  const doctor = await east?.chargehand("doctor");
  const projects = await east?.chargehand("projects");
  const list = await east?.chargehand("list", "--json");
  const run = await east?.chargehand("run", "Fix the price", "--project", "blog", "--yes");

  expect(east?.part.log).toContain("a project is not served here");
  expect(status?.stdout).toContain(`${place}: shop (not there: blog)`);
  expect(status?.stdout).toContain(`${waiting}: No daemon at work has the project blog.`);
  expect(doctor?.stdout).toContain(`${place}: shop (not there: blog)`);
  expect(doctor?.stdout).toMatch(/✗ Project blog +the folder .*blog does not exist\./);
  expect(projects?.stdout).toMatch(new RegExp(`^shop .*\\n {2}served by ${place}$`, "m"));
  expect(projects?.stdout).toMatch(/^blog .*\n {2}served by no daemon at work$/m);
  expect(run?.stderr).toMatch(/Project blog: the folder .* does not exist\. Create it/);
  expect(JSON.parse(list?.stdout ?? "")).toMatchObject([{ id: jobId, daemon: { path: east?.home, isAtWork: true } }]);
}, 300_000);

test("DU-15 DU-03 a job whose project is away waits with its question, and goes on when the project is back", async () => {
  await using fleet = await prepareFleet({ east: ["shop", "blog"] });
  const { east } = fleet.daemons;
  const unmounted = away(fleet, "blog");
  await east?.part.start();
  const jobId = await order(fleet, "blog", "one");
  const approvalId = await question(fleet, jobId);
  await east?.part.kill();
  await unmounted.begin();
  await east?.part.start();

  await fleet.desk.decide({ type: "settle", jobId, approvalId, choice: "merge", by: ann });
  await until(async () => pendingApprovals(await fleet.desk.find(jobId)).length === 0, patience);
  const status = await east?.chargehand("status");
  expect(status?.stdout).toMatch(
    new RegExp(`! ${jobId}: The project blog is not at .* now\\. The job goes on when it is`),
  );
  expect((await fleet.desk.job(jobId))?.status).toBe("accepted");
  await east?.part.kill();
  await unmounted.end();
  await east?.part.start();

  await until(async () => (await fleet.desk.job(jobId))?.outcome === "merged", patience);
}, 300_000);

test("DU-15 a daemon with nothing to work on does not start, and says what is missing", async () => {
  await using fleet = await prepareFleet({ east: ["shop"] });
  await away(fleet, "shop").begin();

  await expect(fleet.daemons.east?.part.start()).rejects.toThrow(
    /Project shop: the folder .* does not exist\. Create it/,
  );
}, 60_000);
