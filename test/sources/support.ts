import { pino } from "pino";
import { Config } from "../../src/core/config.ts";
import type { Submission } from "../../src/core/task.ts";
import { scheduleSource } from "../../src/sources/schedules/schedule-source.ts";
import { type Scene, startScene } from "../cli/support/scene.ts";
import { openOrders } from "../support/orders.ts";

export interface SourceScene extends AsyncDisposable {
  readonly scene: Scene;
  orders(): Promise<Submission[]>;
  /** Every order that was given, also those that turned out to be given before. */
  readonly given: Submission["requestId"][];
  /** What one daemon does for these schedules of the project "shop", until it is stopped. */
  schedule(schedules: Readonly<Record<string, object>>): { stop(): Promise<void> };
}

export async function startSourceScene(): Promise<SourceScene> {
  await using opening = new AsyncDisposableStack();
  const scene = opening.use(await startScene());
  const orders = opening.use(openOrders(scene.redis));
  const scope = opening.move();
  const given: Submission["requestId"][] = [];
  return {
    scene,
    orders: () => orders.all(),
    given,
    schedule(schedules) {
      const projects = { shop: { baseDir: "/srv/shop" } };
      const config = Config.parse({ access: { owners: [1001] }, projects, schedules: withProject(schedules) });
      const log = pino({ enabled: false });
      const desk: Scene["desk"] = {
        ...scene.desk,
        submit(order) {
          given.push(order.requestId);
          return scene.desk.submit(order);
        },
      };
      const stopping = new AbortController();
      const running = scheduleSource({
        config,
        redis: scene.redis,
        target: { path: scene.env.REDIS_URL ?? "" },
        log,
      }).run(desk, stopping.signal);
      const stop = async () => {
        stopping.abort();
        await running;
      };
      scope.defer(stop);
      return { stop };
    },
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

function withProject(schedules: Readonly<Record<string, object>>): Record<string, object> {
  return Object.fromEntries(Object.entries(schedules).map(([name, it]) => [name, { project: "shop", ...it }]));
}
