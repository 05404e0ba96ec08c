import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { pino } from "pino";
import { expect, test } from "vitest";
import type { JobState } from "../../src/core/job.ts";
import { keys } from "../../src/core/queue.ts";
import { prunable } from "../../src/daemon/prune.ts";
import { connectRedis } from "../../src/platform/redis.ts";
import { type Installation, offered, patience, runs, startInstallation } from "../support/installation.ts";
import { gitIn, never } from "../support/project.ts";
import { startTestRedis } from "../support/redis.ts";
import { until } from "../support/until.ts";
import { cli } from "./support/scene.ts";

const right = [{ do: [{ write: { path: "price.js", text: "exports.price = (cents) => cents;\n" } }] }];
const script = runs('codex exec "Fix the price"');

function chargehand({ environment, folder }: Installation, ...argv: string[]) {
  return execa(process.execPath, [cli, ...argv], { cwd: folder, env: environment, extendEnv: false, reject: false });
}

async function onlyJob({ home }: Installation): Promise<string> {
  const [id = ""] = await readdir(join(home, "jobs"));
  return id;
}

test("DU-14 DU-06 reconcile names what Redis does not know, --fix has it rebuilt, recover does so at any time", async () => {
  await using store = await startTestRedis();
  await using shop = await startInstallation({ script, simulation: right, environment: { REDIS_URL: store.path } });
  shop.ann.sends("Fix the price");
  await offered(shop, "Merge");
  const id = await onlyJob(shop);
  const redis = await connectRedis(store.target, pino({ enabled: false }), never);

  expect((await chargehand(shop, "reconcile")).stdout).toContain("Everything is as the ledgers say");
  await redis.del(keys.job(id));
  const found = await chargehand(shop, "reconcile");
  const fixed = await chargehand(shop, "reconcile", "--fix");
  await redis.del(keys.job(id));
  const recovered = await chargehand(shop, "recover", "--json");

  expect([found.exitCode, found.stdout]).toEqual([
    1,
    expect.stringContaining(`✗ ${id}: Redis does not know this job.`),
  ]);
  expect([fixed.exitCode, fixed.stdout]).toEqual([0, "✓ 1 put right."]);
  expect(JSON.parse(recovered.stdout)).toEqual({ jobs: 1, open: 1 });
  expect(await redis.exists(keys.job(id))).toBe(1);
  redis.disconnect();
});

test("DU-14 recover without a daemon says that one is needed, and exits 3", async () => {
  await using shop = await startInstallation({ script });
  await shop.stop("SIGTERM");

  const { exitCode, stderr } = await chargehand(shop, "recover");

  expect(exitCode).toBe(3);
  expect(stderr).toContain("chargehand up");
});

test("DU-14 unlock takes a dead git's locks away; prune removes what has ended, and never what is open", async () => {
  await using shop = await startInstallation({ script, simulation: right });
  const { ann, home, main } = shop;
  ann.sends("Fix the price");
  const question = await offered(shop, "Merge");
  const id = await onlyJob(shop);
  const lock = join(home, "jobs", id, "repository.git", "worktrees", `task-${id}`, "index.lock");
  await writeFile(lock, "");

  const unlocked = await chargehand(shop, "unlock", "--job", id);
  const spared = await chargehand(shop, "prune", "--older-than", "0s");
  ann.taps(question, "Merge");
  await ann.sees(/Merged into main/, patience);
  await shop.botApi.until(() => !existsSync(join(home, "jobs", id, "repository.git")));
  const tried = await chargehand(shop, "prune", "--older-than", "0s", "--dry-run", "--json");
  const kept = existsSync(join(home, "jobs", id));
  await until(async () => (await chargehand(shop, "prune", "--older-than", "0s")).stdout.includes(id));

  expect(unlocked.stdout).toBe(`removed ${lock}`);
  expect(existsSync(lock)).toBe(false);
  expect(spared.stdout).toBe("0 jobs removed.");
  expect(JSON.parse(tried.stdout).dryRun).toBe(true);
  expect(kept).toBe(true);
  expect(existsSync(join(home, "jobs", id))).toBe(false);
  expect(gitIn(main, "branch", "--list", "chargehand/*")).toBe("");
  expect((await chargehand(shop, "status", id)).exitCode).toBe(4);
});

test("DU-14 retry orders a job that ended once more; one that has not ended is refused", async () => {
  await using shop = await startInstallation({
    script,
    simulation: [{ do: [] }],
    settings: { limits: { maxIterations: 1 } },
  });
  shop.ann.sends("Fix the price");
  await shop.ann.sees(/Rejected/, patience);
  const id = await onlyJob(shop);

  const again = await chargehand(shop, "retry", id);
  const state = await chargehand(shop, "wait", again.stdout, "--timeout", "30s", "--json");

  expect(again.exitCode).toBe(0);
  expect(again.stdout).not.toBe(id);
  expect(JSON.parse(state.stdout).submission.text).toBe("Fix the price");
});

test("LD-06 work that was not merged stays for its time, counted from its job's end, and a job that has not ended or cannot be told keeps its own", async () => {
  await using shop = await startInstallation({
    script,
    simulation: right,
    settings: { limits: { recoveryTtl: "1d" } },
  });
  const { ann, main } = shop;
  const kept = () =>
    gitIn(main, "for-each-ref", "--format=%(refname:lstrip=3)", "refs/chargehand/recovery").split("\n");
  const keep = (id: string, commit: string) => gitIn(main, "update-ref", `refs/chargehand/recovery/${id}`, commit);
  const old = await commitOf(main, "2020-01-01T00:00:00Z");
  ann.sends("Fix the price");
  ann.taps(await offered(shop, "Discard"), "Discard");
  const ended = await onlyJob(shop);
  await until(() => kept().includes(ended));
  ann.sends("Fix it again");
  await until(async () => (await readdir(join(shop.home, "jobs"))).length === 2);
  const open = (await readdir(join(shop.home, "jobs"))).find((id) => id !== ended) ?? "";
  const altered = "0000000a";
  await mkdir(join(shop.home, "jobs", altered));
  await writeFile(join(shop.home, "jobs", altered, "ledger.jsonl"), "{}\n{}\n");
  for (const id of [ended, open, altered, "0000000d"]) keep(id, old);
  keep("0000000n", "main");

  const tried = await chargehand(shop, "prune", "--dry-run", "--json");
  const triedOn = kept();
  const done = await chargehand(shop, "prune");

  expect(JSON.parse(tried.stdout).recovery).toEqual(["0000000d"]);
  expect(triedOn).toContain("0000000d");
  expect(done.stdout).toBe("0 jobs, and work of 1 jobs that was not merged (0000000d) removed.");
  expect(kept().toSorted()).toEqual([ended, open, altered, "0000000n"].toSorted());
});

test("LD-06 the daemon removes what was kept long enough since its job's end, whatever its commit says of its age", async () => {
  await using shop = await startInstallation({
    script,
    simulation: right,
    settings: { limits: { recoveryTtl: "1s" } },
  });
  const { ann, main } = shop;
  const kept = () => gitIn(main, "for-each-ref", "--format=%(refname)", "refs/chargehand/recovery");
  ann.sends("Fix the price");
  ann.taps(await offered(shop, "Discard"), "Discard");
  const id = await onlyJob(shop);
  const ref = `refs/chargehand/recovery/${id}`;
  // The ref is there before the end is recorded.
  await until(async () => JSON.parse((await chargehand(shop, "status", id, "--json")).stdout).outcome === "discarded");
  const before = kept();
  await shop.stop("SIGTERM");
  gitIn(main, "update-ref", ref, await commitOf(main, "2099-01-01T00:00:00Z"));
  await until(
    async () => JSON.parse((await chargehand(shop, "prune", "--dry-run", "--json")).stdout).recovery.length === 1,
  );

  await shop.start("up");
  await until(() => kept() !== ref);

  expect(before).toBe(ref);
  expect(kept()).toBe("");
});

/** A commit that says of itself that it was made at that time. */
async function commitOf(cwd: string, date: string): Promise<string> {
  const env = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"];
  return (await execa("git", [...identity, "commit-tree", "main^{tree}", "-m", "kept"], { cwd, env })).stdout;
}

test("DU-14 only ended jobs that are old enough are pruned, the oldest first", () => {
  const job = (id: string, status: JobState["status"], endedAt?: string) =>
    ({ id, status, endedAt }) as unknown as JobState;
  const jobs = [
    job("newer000", "done", "2026-01-09T00:00:00.000Z"),
    job("older000", "failed", "2026-01-01T00:00:00.000Z"),
    job("open0000", "running"),
    job("today000", "done", "2026-01-10T00:00:00.000Z"),
  ];

  const chosen = prunable(jobs, { olderThanMs: 24 * 3_600_000, now: Date.parse("2026-01-10T12:00:00.000Z") });

  expect(chosen.map(({ id }) => id)).toEqual(["older000", "newer000"]);
});
