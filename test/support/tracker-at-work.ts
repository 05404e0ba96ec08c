import { join } from "node:path";
import { pino } from "pino";
import type { TaskChange } from "../../src/core/approval.ts";
import { Decision, queueNames } from "../../src/core/queue.ts";
import type { JobId } from "../../src/core/task.ts";
import type { IssueComment } from "../../src/core/tracker.ts";
import { TrackerConfig } from "../../src/core/tracker-config.ts";
import { type MemoryTracker, memoryTracker } from "../../src/emulators/memory-tracker.ts";
import { createJobDesk, type JobDesk } from "../../src/platform/job-desk.ts";
import { wakePoll } from "../../src/platform/poll-queue.ts";
import { Queues } from "../../src/platform/queues.ts";
import { connectRedis } from "../../src/platform/redis.ts";
import { trackerSource } from "../../src/sources/trackers/tracker-source.ts";
import type { Installation } from "./installation.ts";
import { never } from "./project.ts";
import { until } from "./until.ts";

/** A tracker's loop beside the daemon and bot of an installation, on their Redis. */
export interface TrackerAtWork extends AsyncDisposable {
  readonly memory: MemoryTracker;
  readonly desk: JobDesk;
  /** Asks for a look. */
  wake(): Promise<void>;
  /** Questions about a job that no daemon has taken from its queue. */
  unasked(jobId: JobId): Promise<TaskChange[]>;
  /** Waits for a comment with these words on issue 7. */
  comment(words: string): Promise<IssueComment>;
}

/** `REDIS_URL` of the installation, where it has one, is a socket's path. */
export async function startTracker({ home, environment }: Installation): Promise<TrackerAtWork> {
  await using opening = new AsyncDisposableStack();
  const memory = memoryTracker();
  const log = pino({ enabled: false });
  const target = { path: environment.REDIS_URL ?? join(home, "redis", "redis.sock") };
  const redis = opening.adopt(await connectRedis(target, log, never), (it) => it.disconnect());
  const desk = opening.use(createJobDesk(redis));
  const queues = opening.use(new Queues(redis));
  const stopping = new AbortController();
  const config = TrackerConfig.parse({ kind: "github", project: "shop", token: "TOKEN", pollInterval: "1h" });
  const source = trackerSource({
    ...{ name: "issues", config, tracker: memory.tracker, card: { chatId: 1001 }, redact: (text) => text },
    ...{ redis, target, log },
  });
  const running = source.run(desk, stopping.signal);
  opening.defer(async () => {
    stopping.abort();
    await running;
  });
  const scope = opening.move();
  return {
    ...{ memory, desk, wake: () => wakePoll(redis, "issues") },
    async unasked(jobId) {
      const { home = "" } = (await desk.places([jobId])).get(jobId) ?? {};
      const waiting = await queues.of(queueNames.decisions(home)).getWaiting(0, -1);
      const decisions = waiting.map(({ data }) => Decision.parse(data));
      return decisions.flatMap((decision) => (decision.type === "ask" ? [decision.subject] : []));
    },
    comment: (words) =>
      until(() => memory.commentsOn("7").find(({ body }) => body.includes(words)), { what: `a comment: ${words}` }),
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}
