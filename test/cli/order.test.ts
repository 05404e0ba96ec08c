import { writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chooseProject } from "../../src/cli/order.ts";
import { Config } from "../../src/core/config.ts";
import { jobIdOf } from "../../src/platform/job-desk.ts";
import { openOrders } from "../support/orders.ts";
import { flawsOf } from "./support/published.ts";
import { live, type Scene, startScene, story } from "./support/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

async function ordered(jobId: string): Promise<unknown> {
  return scene.desk.order(jobId);
}

test("IN-03 submit puts the same order on the queue as the bot does, and prints the job's id", async () => {
  const { exitCode, stdout, stderr } = await scene.chargehand("submit", "Fix the rounding", "-p", "shop");

  expect(exitCode).toBe(0);
  expect(await ordered(stdout)).toMatchObject({
    jobId: stdout,
    project: "shop",
    text: "Fix the rounding",
    requestedBy: { kind: "terminal", id: String(userInfo().uid), name: userInfo().username },
    origin: { type: "terminal" },
  });
  expect(stderr).toBe(
    `Job ${stdout} is ordered. No daemon is running. The job starts as soon as one does. (chargehand up)`,
  );
});

test("IN-03 submit reads an order from a file, and options win over it", async () => {
  const file = join(scene.directory, "order.json");
  await writeFile(file, JSON.stringify({ text: "From a file", project: "shop", requestId: "nightly-1" }));

  const { stdout } = await scene.chargehand("submit", file, "--project", "blog", "--json");

  expect(JSON.parse(stdout)).toEqual({ jobId: jobIdOf("terminal-nightly-1") });
  expect(await ordered(jobIdOf("terminal-nightly-1"))).toMatchObject({ text: "From a file", project: "blog" });
});

test("GT-05 an order brings checks of its own, from the command line or a file, and none that changes files", async () => {
  const file = join(scene.directory, "checked.json");
  const named = { label: "tax", cmd: "node --test tax.test.js" };
  await writeFile(file, JSON.stringify({ text: "Fix it", project: "shop", validation: [named, "npm run lint"] }));

  const typed = ["submit", "Fix the tax", "-p", "shop", "--validate", "node --test", "--validate", "npm run lint"];
  const fromLine = await scene.chargehand(...typed);
  const fromFile = await scene.chargehand("submit", file);
  const refused = await scene.chargehand("submit", "Fix it", "-p", "shop", "--validate", "npx biome check --write");

  const alone = (cmd: string) => ({ label: cmd, cmd });
  expect(await ordered(fromLine.stdout)).toMatchObject({ validation: [alone("node --test"), alone("npm run lint")] });
  expect(await ordered(fromFile.stdout)).toMatchObject({ validation: [named, alone("npm run lint")] });
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("`--write` changes files; a check only looks");
});

test("IN-03 the words of an order may be called its task, too", async () => {
  const file = join(scene.directory, "task.json");
  await writeFile(file, JSON.stringify({ task: "Fix the tax", project: "shop" }));

  const { stdout } = await scene.chargehand("submit", file);

  expect(await ordered(stdout)).toMatchObject({ text: "Fix the tax", project: "shop" });
});

test("IN-03 a bad file is refused and every bad field is named", async () => {
  const file = join(scene.directory, "bad.json");
  await writeFile(file, JSON.stringify({ text: "  ", project: "no/such", requestId: "", urgent: true }));

  const { exitCode, stdout, stderr } = await scene.chargehand("submit", file);

  expect(exitCode).toBe(2);
  expect(stdout).toBe("");
  for (const field of ["text is empty", "project ", "requestId is empty", "urgent is not known"])
    expect(stderr).toContain(field);
});

test("IN-03 a file that is no JSON says what an order looks like", async () => {
  const file = join(scene.directory, "broken.json");
  await writeFile(file, "{");

  const { exitCode, stderr } = await scene.chargehand("submit", file);

  expect(exitCode).toBe(2);
  expect(stderr).toBe(`chargehand: ${file} cannot be read as an order: write {"text": …, "project": …} into it.`);
});

test("IN-03 a file that is not there is named", async () => {
  const { exitCode, stderr } = await scene.chargehand("submit", "ordr.json");

  expect(exitCode).toBe(4);
  expect(stderr).toBe("chargehand: There is no file ordr.json. A task that is no file does not end in .json.");
});

test("a task without a project asks which one and names them", async () => {
  const { exitCode, stderr } = await scene.chargehand("submit", "Fix it");

  expect(exitCode).toBe(2);
  expect(stderr).toBe("chargehand: Which project? Name one with --project. Configured: shop, blog.");
});

test("a task belongs to the project in whose folder it is ordered, with a slash behind its baseDir or without", () => {
  const config = Config.parse({
    projects: { shop: { baseDir: "/srv/shop/" }, shopping: { baseDir: "/srv/shopping" } },
  });

  expect(chooseProject(config, undefined, "/srv/shop/main/src")).toBe("shop");
  expect(chooseProject(config, undefined, "/srv/shopping")).toBe("shopping");
  expect(() => chooseProject(config, undefined, "/srv/shops")).toThrow("Which project?");
});

test("a project that does not exist exits with 4 and names those that do", async () => {
  const { exitCode, stderr } = await scene.chargehand("submit", "Fix it", "--project", "shpo");

  expect(exitCode).toBe(4);
  expect(stderr).toBe('chargehand: No project is called "shpo". Configured: shop, blog.');
});

test("IN-05 the same request id is the same job, and with other content a conflict", async () => {
  const order = (text: string) => scene.chargehand("submit", text, "-p", "shop", "--request-id", "twice");

  const [first, again] = [await order("Fix it"), await order("Fix it")];
  const other = await order("Break it");

  expect([first.exitCode, again.exitCode]).toEqual([0, 0]);
  expect(again.stdout).toBe(first.stdout);
  expect(other.exitCode).toBe(5);
  expect(other.stderr).toBe(
    `chargehand: Request "twice" is job ${first.stdout} already, with other content. Use a new id.`,
  );
});

test("IN-05 a request is compared with the job it became, when the queue has forgotten it", async () => {
  await live(scene.book, "terminal-old", story.queued("Fix it", "terminal-old"));

  const { exitCode } = await scene.chargehand("submit", "Break it", "-p", "shop", "--request-id", "old");

  expect(exitCode).toBe(5);
});

test("IN-11 an order for later is kept by Redis, shown, and taken back like any other", async () => {
  await using orders = openOrders(scene.redis);
  const at = new Date(Date.now() + 3_600_000).toISOString();

  const { stdout: jobId } = await scene.chargehand("submit", "Tag the release", "-p", "shop", "--at", at);
  const status = await scene.chargehand("status", jobId);
  const due = await scene.chargehand("schedules", "--json");
  const cancelled = await scene.chargehand("cancel", jobId);

  expect((await orders.all()).map((order) => order.jobId)).not.toContain(jobId);
  expect(status.stdout).toContain(`${jobId}  begins at ${at}`);
  expect(JSON.parse(due.stdout)).toMatchObject({ schedules: [], orders: [{ jobId, dueAt: at }] });
  expect(cancelled).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining("Recorded, and not carried out yet. No daemon is running"),
  });
});

test.each([[["--in", "2h"]], [[]]])(
  "IN-11 an order that was cancelled before anybody took it is shown as that: %j",
  async (later) => {
    const { stdout: jobId } = await scene.chargehand("submit", "Tag the release", "-p", "shop", ...later);
    await scene.chargehand("cancel", jobId);

    const shown = await Promise.all([
      scene.chargehand("status", jobId),
      scene.chargehand("status"),
      ...(later.length > 0 ? [scene.chargehand("schedules")] : []),
    ]);
    const waited = await scene.chargehand("wait", jobId, "--timeout", "50ms");
    const document = JSON.parse((await scene.chargehand("status", jobId, "--json")).stdout);

    for (const { stdout } of shown) {
      const lines = stdout.split("\n").filter((line) => line.includes(jobId));
      expect(lines).toEqual([expect.stringMatching(new RegExp(`^${jobId} .*cancelled`))]);
      expect(lines.join()).not.toMatch(/begins|waits|\(in /);
    }
    expect(waited.stderr).toContain(`Job ${jobId} has not begun yet; it was cancelled`);
    expect(document).toMatchObject({ order: { jobId, isCancelled: true } });
    expect(flawsOf("status", document)).toEqual([]);
  },
);

test.each([
  [["--at", "2020-01-01T09:00"], /is past\. Name a time to come/],
  [["--at", "soon"], /Write a time as in 2026-12-01T09:00, or a duration as in 2h\./],
  [["--in", "400d"], /is more than a year away/],
  [["--in", "2h", "--at", "2h"], /cannot be used with/],
])("IN-11 a time that cannot be meant is refused: %s", async (options, sentence) => {
  const { exitCode, stderr } = await scene.chargehand("submit", "Fix it", "-p", "shop", ...options);

  expect(exitCode).toBe(2);
  expect(stderr).toMatch(sentence);
});
