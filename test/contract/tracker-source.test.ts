import { pino } from "pino";
import { TrackerConfig } from "../../src/core/tracker-config.ts";
import { memoryTracker } from "../../src/emulators/memory-tracker.ts";
import { createJobDesk } from "../../src/platform/job-desk.ts";
import { wakePoll } from "../../src/platform/poll-queue.ts";
import { connectRedis } from "../../src/platform/redis.ts";
import { trackerSource } from "../../src/sources/trackers/tracker-source.ts";
import { openOrders } from "../support/orders.ts";
import { never } from "../support/project.ts";
import { startTestRedis } from "../support/redis.ts";
import { until } from "../support/until.ts";
import { keepsTheTaskSourceContract } from "./task-source.ts";

keepsTheTaskSourceContract({
  name: "a tracker",
  origin: "tracker",
  person: "tracker",
  async start() {
    await using opening = new AsyncDisposableStack();
    const server = opening.use(await startTestRedis());
    const log = pino({ enabled: false });
    const redis = opening.adopt(await connectRedis(server.target, log, never), (it) => it.disconnect());
    const orders = opening.use(openOrders(redis));
    const desk = opening.use(createJobDesk(redis));
    const memory = memoryTracker();
    const stopping = new AbortController();
    const config = TrackerConfig.parse({
      ...{ kind: "github", project: "shop", token: "TOKEN", limits: { concurrent: 64 }, pollInterval: "1h" },
    });
    const { target } = server;
    const source = trackerSource({
      ...{ name: "issues", config, tracker: memory.tracker, card: undefined, redact: (text) => text },
      ...{ redis, target, log },
    });
    const running = source.run(desk, stopping.signal);
    opening.defer(async () => {
      stopping.abort();
      await running;
    });
    const scope = opening.move();
    return {
      async ask({ request, text }) {
        memory.opens({ id: request, title: text });
        const looks = () => memory.calls.filter(({ call }) => call === "issuesByStates").length;
        // A look that had begun may have read the list before: the second one has seen what is there now.
        for (let more = 0; more < 2; more += 1) {
          const before = looks();
          await wakePoll(redis, "issues");
          await until(() => looks() > before);
        }
      },
      orders: () => orders.all(),
      [Symbol.asyncDispose]: () => scope.disposeAsync(),
    };
  },
});
