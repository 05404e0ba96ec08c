import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { JobState } from "../../src/core/job.ts";
import { keys } from "../../src/core/queue.ts";
import { cli, commit, live, type Scene, startScene, story, untilPrinted } from "./support/scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene[Symbol.asyncDispose]());

test("status tells a job's task, steps, evidence and next command while no daemon is at work", async () => {
  const { queued, working, accepted } = story;
  const jobId = await live(scene.book, "status", queued("Fix the rounding", "status"), ...working());
  for (const event of accepted(jobId)) await scene.book.record(jobId, event);

  const { exitCode, stdout } = await scene.chargehand("status", jobId.slice(0, 6));

  expect(exitCode).toBe(0);
  expect(stdout).toContain("task: Fix the rounding");
  expect(stdout).toContain(`ordered by Ann, from main ${commit.slice(0, 10)}`);
  expect(stdout).toContain("✓ codex exec 'Fix it'");
  expect(stdout).toContain("1 file changed, +2 −1");
  expect(stdout).toContain("✓ unit (1s)");
  expect(stdout).toContain(`branch: chargehand/accepted/${jobId}`);
  expect(stdout).toContain(`chargehand merge ${jobId}, change ${jobId} "…" or discard ${jobId}`);
});

test("OPS-03 status --json is exactly one document, and its shape is the job's state", async () => {
  const jobId = await live(scene.book, "json", story.queued("Fix it", "json"));

  const { stdout, stderr } = await scene.chargehand("status", jobId, "--json");

  expect(JobState.parse(JSON.parse(stdout)).id).toBe(jobId);
  expect(stderr).toBe("");
});

test("status without a job counts the daemons and shows what is open", async () => {
  const jobId = await live(scene.book, "overview", story.queued("Still to do", "overview"));

  const { exitCode, stdout } = await scene.chargehand("status");

  expect(exitCode).toBe(0);
  expect(stdout).toContain("No daemon is at work. Start one: chargehand up");
  expect(stdout).toMatch(new RegExp(`^${jobId} +queued +shop +.* +Still to do$`, "m"));
});

test("OPS-03 a job that does not exist exits with 4, with one sentence and with --json one document", async () => {
  const { exitCode, stdout, stderr } = await scene.chargehand("status", "zzzzzzzz", "--json");

  expect(exitCode).toBe(4);
  expect(stderr).toBe('chargehand: There is no job "zzzzzzzz". "chargehand list" shows them.');
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "not-found" } });
});

test("list shows only the status that was asked for, and knows the statuses", async () => {
  const jobId = await live(scene.book, "listed", story.queued("Waits for an answer", "listed"), ...story.working());
  await scene.book.record(jobId, story.asksForCommand(jobId));

  const waiting = await scene.chargehand("list", "--status", "awaiting_approval", "--json");
  const unknown = await scene.chargehand("list", "--status", "sleeping");

  const ids = JobState.array()
    .parse(JSON.parse(waiting.stdout))
    .map(({ id, status }) => [id, status]);
  expect(ids).toContainEqual([jobId, "awaiting_approval"]);
  expect(ids.every(([, status]) => status === "awaiting_approval")).toBe(true);
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('There is no status "sleeping". Statuses: queued, planning,');
});

test("diff prints the patch byte for byte, so that it can be applied elsewhere", async () => {
  const jobId = await live(scene.book, "diff", story.queued("Fix it", "diff"));
  const patch = "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-old\n+new \n \n";
  await scene.redis.set(keys.patch(jobId), patch);

  const { stdout } = await execa(process.execPath, [cli, "diff", jobId], {
    cwd: scene.directory,
    env: scene.env,
    stripFinalNewline: false,
  });

  expect(stdout).toBe(patch);
});

test("diff of a job that has made nothing yet exits with 4", async () => {
  const jobId = await live(scene.book, "no-diff", story.queued("Fix it", "no-diff"));

  const { exitCode, stderr } = await scene.chargehand("diff", jobId);

  expect(exitCode).toBe(4);
  expect(stderr).toBe(`chargehand: Job ${jobId} has no diff yet; it is queued.`);
});

test("logs tells a job's whole story from its ledger, also when Redis has forgotten the stream", async () => {
  const jobId = await live(scene.book, "logs", story.queued("Fix it", "logs"), ...story.working());
  await scene.redis.del(keys.events);

  const { stdout } = await scene.chargehand("logs", jobId);

  const lines = stdout.split("\n").map((line) => line.replace(/^\S+ /, ""));
  expect(lines).toEqual([
    `${jobId} ▸ ${jobId} queued: shop, from main ${commit.slice(0, 10)}`,
    `${jobId} ▸ codex exec 'Fix it'`,
    `${jobId}   · edit src/price.js`,
    `${jobId} ✓ codex exec 'Fix it'`,
  ]);
});

test("logs --follow goes on until the job has ended", async () => {
  const jobId = await live(scene.book, "follow", story.queued("Fix it", "follow"));
  const following = scene.chargehand("logs", jobId, "--follow");
  await untilPrinted(following, "queued");

  await scene.book.record(jobId, { type: "cancelled", by: { kind: "telegram", id: "1001", name: "Ann" } });

  const { exitCode, stdout } = await following;
  expect(exitCode).toBe(0);
  expect(stdout).toContain("✗ cancelled by Ann");
});

test("SY-52 text of others cannot act on the terminal", async () => {
  const jobId = await live(scene.book, "hostile", story.queued("Hello\u001b[2J\u202eevil", "hostile"));

  const { stdout } = await scene.chargehand("status", jobId);

  expect(stdout).toContain("task: Hello\\u{202e}evil");
});

test("projects names each repository and how work on it is proven", async () => {
  const { stdout } = await scene.chargehand("projects");

  expect(stdout).toBe(
    [
      `shop  ${scene.directory}/shop/main (main)`,
      "  served by no daemon at work",
      "  unit: node --test",
      `blog  ${scene.directory}/blog/main (main)`,
      "  served by no daemon at work",
      "  no checks: nothing can be proven here",
    ].join("\n"),
  );
});

test("projects tells what is configured while Redis is away", async () => {
  const env = { ...scene.env, REDIS_URL: join(scene.directory, "nobody.sock") };
  const options = { cwd: scene.directory, env, extendEnv: false, reject: false } as const;

  const { exitCode, stdout } = await execa(process.execPath, [cli, "projects", "--json"], options);

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([
    { name: "shop", daemons: null },
    { name: "blog", daemons: null },
  ]);
});

test("OPS-03 what only Redis can do exits with 3 where it is not there, and says what to do", async () => {
  const missing = join(scene.directory, "nobody.sock");

  const { exitCode, stderr } = await execa(process.execPath, [cli, "wait", "7kq2m9xd"], {
    cwd: scene.directory,
    env: { ...scene.env, REDIS_URL: missing },
    reject: false,
  });

  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/^chargehand: Redis at .*nobody\.sock does not answer \(ENOENT\)\. Start it/);
});

test("OPS-03 status, list, logs and diff read the ledgers of this machine where Redis is not there", async () => {
  const jobId = await live(scene.book, "offline", story.queued("Read me", "offline"), ...story.working());
  await writeFile(join(scene.directory, "home", "jobs", jobId, "patch.diff"), "--- a/a\n+++ b/a\n");
  const env = { ...scene.env, REDIS_URL: join(scene.directory, "nobody.sock") };
  const offline = (...argv: string[]) =>
    execa(process.execPath, [cli, ...argv], { cwd: scene.directory, env, extendEnv: false, reject: false });

  const status = await offline("status", jobId.slice(0, 6), "--json");
  const list = await offline("list", "--status", "running", "--json");
  const logs = await offline("logs", jobId, "--after", "2");
  const diff = await offline("diff", jobId);

  expect([status, list, logs, diff].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  expect(JobState.parse(JSON.parse(status.stdout))).toMatchObject({ id: jobId, status: "running" });
  expect(status.stderr).toMatch(/Redis at .* does not answer .* Until then, this is what the ledgers in .* say\.$/);
  expect(
    JobState.array()
      .parse(JSON.parse(list.stdout))
      .map(({ id }) => id),
  ).toContain(jobId);
  expect(logs.stdout).not.toContain("queued");
  expect(logs.stdout).toContain("codex exec");
  expect(diff.stdout).toContain("+++ b/a");
});

test("OPS-03 list takes filters together, and knows what it can be asked for", async () => {
  const jobId = await live(scene.book, "filtered", story.queued("Find me", "filtered"));
  const shown = async (...argv: string[]) => {
    const { stdout } = await scene.chargehand("list", "--json", ...argv);
    return JobState.array()
      .parse(JSON.parse(stdout))
      .map(({ id }) => id);
  };

  expect(await shown("--project", "shop", "--origin", "telegram", "--since", "1h", "--status", "queued")).toContain(
    jobId,
  );
  expect(await shown("--project", "blog")).toEqual([]);
  expect(await shown("--since", "2999-01-01")).toEqual([]);
  expect(await scene.chargehand("list", "--origin", "moon")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('There is no origin "moon". Origins: telegram, terminal,'),
  });
});
