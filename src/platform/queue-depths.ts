import type { Redis } from "ioredis";
import { queueNames } from "../core/queue.ts";
import { projectsOrdered } from "./places.ts";
import type { Queues } from "./queues.ts";
import { readRoster } from "./roster.ts";

/** What an entry of a queue does: it is taken in a moment, is carried out, or comes at its time. */
export const entryStates = ["waiting", "active", "delayed"] as const;

/** How many entries of one kind are in one state, over all projects and homes. */
export interface QueueDepth {
  readonly queue: keyof typeof queueNames;
  readonly state: (typeof entryStates)[number];
  readonly entries: number;
}

/** How much lies in the queues in which bot, terminal and daemons meet. */
export async function queueDepths(redis: Redis, queues: Queues): Promise<QueueDepth[]> {
  const [projects, roster] = await Promise.all([projectsOrdered(redis), readRoster(redis)]);
  const homes = roster.map(({ id }) => id);
  const named = {
    intake: projects.map(queueNames.intake),
    stages: homes.map(queueNames.stages),
    decisions: homes.map(queueNames.decisions),
  };
  const kinds = Object.keys(named) as (keyof typeof named)[];
  const depths = kinds.map(async (queue) => {
    const counts = await Promise.all(named[queue].map((name) => queues.of(name).getJobCounts(...entryStates)));
    const sum = (state: QueueDepth["state"]) => counts.reduce((total, count) => total + (count[state] ?? 0), 0);
    return entryStates.map((state): QueueDepth => ({ queue, state, entries: sum(state) }));
  });
  return (await Promise.all(depths)).flat();
}
