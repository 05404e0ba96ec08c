import { Redis } from "ioredis";
import { pino } from "pino";
import { queueNames } from "../src/core/queue.ts";
import { TrackerConfig } from "../src/core/tracker-config.ts";
import { memoryTracker } from "../src/emulators/memory-tracker.ts";
import { createJobDesk } from "../src/platform/job-desk.ts";
import { wakePoll } from "../src/platform/poll-queue.ts";
import { openQueue } from "../src/platform/queues.ts";
import { redisOptions } from "../src/platform/redis.ts";
import { issueJobId } from "../src/sources/trackers/issue-text.ts";
import { trackerSource } from "../src/sources/trackers/tracker-source.ts";
import { startTestRedis } from "../test/support/redis.ts";
import { until } from "../test/support/until.ts";
import { quantile } from "./interleave.ts";
import { labelToStart } from "./label-to-start.ts";
import type { Bench, BenchRow } from "./row.ts";
import { callsPerPoll } from "./tracker-calls.ts";

const pollIntervalMs = 1_000;
const openIssues = 500;

/** TR: from a label to the order on the desk and to the job's beginning, woken and by itself; and what a look costs each tracker. */
export const trackers: Bench = async () => {
  await using scope = new AsyncDisposableStack();
  const server = scope.use(await startTestRedis());
  const redis = scope.adopt(new Redis(redisOptions(server.target)), (it) => it.disconnect());
  const desk = scope.use(createJobDesk(redis));
  const intake = scope.adopt(openQueue(redis, queueNames.intake("shop")), (it) => it.close());
  const memory = memoryTracker();
  for (let id = 0; id < openIssues; id += 1) memory.opens({ id: `open-${id}`, labels: [] });
  const config = TrackerConfig.parse({
    ...{ kind: "github", project: "shop", token: "TOKEN", pollInterval: `${pollIntervalMs}ms` },
    limits: { concurrent: 64 },
  });
  const stopping = new AbortController();
  const source = trackerSource({
    ...{ name: "issues", config, tracker: memory.tracker, card: undefined, redact: (text) => text },
    ...{ redis, target: server.target, log: pino({ enabled: false }) },
  });
  const running = source.run(desk, stopping.signal);
  scope.defer(async () => {
    stopping.abort();
    await running;
  });
  const looks = () => memory.calls.filter(({ call }) => call === "issuesByStates").length;
  await until(() => looks() > 0);
  const callsOfOneLook = await callsOf(memory, looks);

  let count = 0;
  const timeOf = async (wake: () => Promise<void>) => {
    count += 1;
    const id = `labelled-${count}`;
    memory.opens({ id });
    const startedAt = performance.now();
    await wake();
    await until(() => intake.getJob(issueJobId("issues", id, 1)));
    return performance.now() - startedAt;
  };
  const woken: number[] = [];
  const polled: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    woken.push(await timeOf(() => wakePoll(redis, "issues")));
    polled.push(await timeOf(async () => {}));
  }
  return [
    row("issue labelled → order on the desk, woken by a webhook, p50", "ms", quantile(woken, 0.5), 250),
    row(`the same by polling every ${pollIntervalMs} ms, p50`, "ms", quantile(polled, 0.5), pollIntervalMs),
    row(
      `calls of one whole look of the loop at ${openIssues} open issues in memory (5 pages)`,
      "calls",
      callsOfOneLook,
      6,
    ),
    ...(await callsPerPoll()),
    ...(await labelToStart()),
  ];
};

/** All that was asked between the ends of two looks, while nothing is held. */
async function callsOf({ calls }: Pick<ReturnType<typeof memoryTracker>, "calls">, looks: () => number) {
  const before = { looks: looks(), calls: calls.length };
  await until(() => looks() > before.looks);
  return calls.length - before.calls;
}

function row(name: string, unit: BenchRow["unit"], ours: number, value: number): BenchRow {
  return { id: "TR", name, unit, ours, target: { value } };
}
