import type { Redis } from "ioredis";
import { queueNames } from "../../src/core/queue.ts";
import { Submission } from "../../src/core/task.ts";
import { openQueue } from "../../src/platform/job-desk.ts";

export interface Orders extends AsyncDisposable {
  /** Every order on the desk that no daemon has taken yet, oldest first. */
  all(): Promise<Submission[]>;
}

export function openOrders(redis: Redis): Orders {
  const intake = openQueue(redis, queueNames.intake);
  return {
    async all() {
      const waiting = await intake.getWaiting();
      return waiting.map(({ data }) => Submission.parse(data));
    },
    [Symbol.asyncDispose]: () => intake.close(),
  };
}
