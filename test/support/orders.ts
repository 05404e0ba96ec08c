import type { Redis } from "ioredis";
import { queueNames } from "../../src/core/queue.ts";
import { Submission } from "../../src/core/task.ts";
import { projectsOrdered } from "../../src/platform/places.ts";
import { Queues } from "../../src/platform/queues.ts";

export interface Orders extends AsyncDisposable {
  /** Every order on the desk that no daemon has taken yet, oldest first. */
  all(): Promise<Submission[]>;
}

export function openOrders(redis: Redis): Orders {
  const queues = new Queues(redis);
  return {
    async all() {
      const projects = await projectsOrdered(redis);
      const waiting = await Promise.all(projects.map((project) => queues.of(queueNames.intake(project)).getWaiting()));
      const orders = waiting.flat().flatMap(({ data }) => Submission.safeParse(data).data ?? []);
      return orders.toSorted((one, other) => one.submittedAt.localeCompare(other.submittedAt));
    },
    [Symbol.asyncDispose]: () => queues[Symbol.asyncDispose](),
  };
}
