import { join } from "node:path";
import { pino } from "pino";
import { isTerminal } from "../src/core/job.ts";
import type { JobId } from "../src/core/task.ts";
import { createJobDesk } from "../src/platform/job-desk.ts";
import { wakePoll } from "../src/platform/poll-queue.ts";
import { connectRedis } from "../src/platform/redis.ts";
import { issueJobId } from "../src/sources/trackers/issue-text.ts";
import { startInstallation } from "../test/support/installation.ts";
import { never } from "../test/support/project.ts";
import { startGitHub } from "../test/support/trackers/github-server.ts";
import { ann, TrackerWorld, type WorldComment } from "../test/support/trackers/world.ts";
import { until } from "../test/support/until.ts";
import { quantile } from "./interleave.ts";
import type { BenchRow } from "./row.ts";

const token = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
const pollIntervalMs = 2_000;
const rounds = 10;

/**
 * From a label on GitHub to the beginning of its job's first stage, as its ledger dates it, through a whole installation
 * that talks to GitHub's API over HTTP: woken as by a webhook, and by polling alone.
 */
export async function labelToStart(): Promise<BenchRow[]> {
  const world = new TrackerWorld();
  await using github = await startGitHub(world, token);
  await using shop = await startInstallation({
    script: () => ({ text: "There is nothing to do." }),
    settings: {
      limits: { concurrency: 8, maxIterations: 1 },
      trackers: {
        issues: {
          ...{ kind: "github", project: "shop", token: "GITHUB_TOKEN", pollInterval: `${pollIntervalMs}ms` },
          ...{ provider: { repository: "acme/shop", apiUrl: github.url }, limits: { concurrent: 64 } },
        },
      },
    },
    environment: { GITHUB_TOKEN: token },
  });
  await using scope = new AsyncDisposableStack();
  const target = { path: join(shop.home, "redis", "redis.sock") };
  const redis = scope.adopt(await connectRedis(target, pino({ enabled: false }), never), (it) => it.disconnect());
  const desk = scope.use(createJobDesk(redis));
  const begun = async (jobId: JobId, since: number) =>
    Date.parse(await until(async () => (await desk.job(jobId))?.startedAt)) - since;
  const fromLabel = async (wake: () => Promise<void>) => {
    const issue = world.add({ title: "Look whether anything is to be done" });
    world.setLabel(issue, "chargehand", ann);
    const labelledAt = Date.now();
    await wake();
    const time = await begun(issueJobId("issues", String(issue.number), 1), labelledAt);
    // The next one is to meet a quiet house: this one's job has ended, and the issue says so.
    await until(() => issue.labels.includes("for review") && world.commentsOf(issue).some(isToldTheEnd));
    return time;
  };
  const fromOrder = async (round: number) => {
    const orderedAt = Date.now();
    const order = { requestId: `${round}`, project: "shop", text: "Look", origin: { type: "terminal" } } as const;
    const jobId = await desk.submit({ ...order, requestedBy: { kind: "terminal", id: "1", name: "Ann" } });
    const time = await begun(jobId, orderedAt);
    await until(async () => isTerminal((await desk.job(jobId))?.status ?? "queued"));
    return time;
  };
  const samples: Record<"ordered" | "woken" | "polled", number[]> = { ordered: [], woken: [], polled: [] };
  for (let round = 0; round < rounds; round += 1) {
    samples.ordered.push(await fromOrder(round));
    samples.woken.push(await fromLabel(() => wakePoll(redis, "issues")));
    samples.polled.push(await fromLabel(async () => {}));
  }
  const median = (times: readonly number[]) => quantile(times, 0.5);
  const baseline = { name: "order at the terminal → the same", value: median(samples.ordered) };
  return [
    {
      ...{
        id: "TR",
        unit: "ms",
        name: "issue labelled on GitHub → its job's first stage has begun, woken by a webhook, p50",
      },
      ...{ ours: median(samples.woken), baseline, target: { ratio: 3 } },
    },
    {
      ...{ id: "TR", unit: "ms", name: `the same by polling every ${pollIntervalMs} ms, p50` },
      ...{ ours: median(samples.polled), baseline, target: { value: pollIntervalMs + 1_000 } },
    },
  ];
}

function isToldTheEnd({ body }: WorldComment): boolean {
  return body.includes("| verdict |") || body.includes("Because: ");
}
