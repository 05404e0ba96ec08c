import { join } from "node:path";
import { pino } from "pino";
import type { JobEvent } from "../../src/core/event.ts";
import type { JobState } from "../../src/core/job.ts";
import { Decision, queueNames } from "../../src/core/queue.ts";
import type { Submission } from "../../src/core/task.ts";
import { TrackerConfig } from "../../src/core/tracker-config.ts";
import { JobBook } from "../../src/daemon/job-book.ts";
import { type MemoryTracker, memoryTracker } from "../../src/emulators/memory-tracker.ts";
import { createJobDesk } from "../../src/platform/job-desk.ts";
import { Queues } from "../../src/platform/queues.ts";
import { connectRedis } from "../../src/platform/redis.ts";
import { Claims } from "../../src/sources/trackers/claims.ts";
import type { LookDeps } from "../../src/sources/trackers/deps.ts";
import { look } from "../../src/sources/trackers/look.ts";
import { politeTracker } from "../../src/sources/trackers/polite-tracker.ts";
import { openOrders } from "../support/orders.ts";
import { never, temporaryFolder } from "../support/project.ts";
import { startTestRedis } from "../support/redis.ts";

/** A tracker, a real Redis and a desk, with the test in the daemon's place. */
export interface TrackerScene extends AsyncDisposable {
  readonly memory: MemoryTracker;
  readonly claims: Claims;
  readonly deps: LookDeps;
  readonly logged: () => string;
  looks(): Promise<void>;
  orders(): Promise<Submission[]>;
  /** Puts an order on the desk past its rules, as whoever found the job id by searching would. */
  plants(order: Submission): Promise<void>;
  /** What the daemon does with a job: takes its order, and then this. */
  lives(order: Submission, ...events: readonly JobEvent[]): Promise<JobState>;
  tells(jobId: string, ...events: readonly JobEvent[]): Promise<void>;
  decisions(): Promise<Record<string, unknown>[]>;
  forgets(): Promise<void>;
}

export async function openTrackerScene(settings: Record<string, unknown> = {}): Promise<TrackerScene> {
  await using opening = new AsyncDisposableStack();
  const { path: folder } = opening.use(await temporaryFolder());
  const server = opening.use(await startTestRedis());
  let logged = "";
  const log = pino(
    { level: "info" },
    {
      write(line: string) {
        logged += line;
      },
    },
  );
  const redis = opening.adopt(await connectRedis(server.target, log, never), (it) => it.disconnect());
  const desk = opening.use(createJobDesk(redis));
  const orders = opening.use(openOrders(redis));
  const book = opening.use(new JobBook({ home: join(folder, "home"), homeId: "home00000000", redis }));
  const memory = memoryTracker();
  const claims = new Claims(redis, "issues");
  const config = TrackerConfig.parse({ kind: "github", project: "shop", token: "TOKEN", ...settings });
  const deps: LookDeps = {
    ...{ name: "issues", config, tracker: politeTracker(memory.tracker), desk, claims, log },
    ...{ card: { chatId: 1001 }, redact: (text) => text.replaceAll("hunter2hunter2", "[redacted]") },
    lookAgainAt: async () => {},
  };
  const scope = opening.move();
  return {
    ...{ memory, claims, deps, logged: () => logged },
    looks: () => look(deps, never),
    orders: () => orders.all(),
    async plants(order) {
      await using queues = new Queues(redis);
      await queues.of(queueNames.intake("shop")).add("submission", order, { jobId: order.jobId });
    },
    async lives(submission, ...events) {
      const base = { branch: "main", commit: "c".repeat(40) };
      let state = await book.record(submission.jobId, { type: "queued", submission, base, maxIterations: 3 });
      for (const event of events) state = await book.record(submission.jobId, event);
      return state;
    },
    async tells(jobId, ...events) {
      for (const event of events) await book.record(jobId, event);
    },
    async decisions() {
      await using queues = new Queues(redis);
      const names = [queueNames.decisions("home00000000"), queueNames.intake("shop")];
      const waiting = await Promise.all(names.map((name) => queues.of(name).getWaiting()));
      return waiting.flat().flatMap(({ data }) => Decision.safeParse(data).data ?? []);
    },
    async forgets() {
      await redis.del("chargehand:tracker:issues:claims");
    },
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}
