import type { Queue } from "bullmq";
import { Decision, formerQueueNames, queueNames } from "../core/queue.ts";
import { Submission } from "../core/task.ts";
import { knowProject, placesOf } from "../platform/places.ts";
import { type ReceptionDeps, receive } from "./reception.ts";

/**
 * Brings what lies in the queues that everybody shared before there could be several homes to where it belongs now. What
 * concerns a project that is not ours stays for a daemon that has it. The recovery has ordered stages and expiries anew.
 */
export async function emptyFormerQueues(deps: ReceptionDeps, signal: AbortSignal): Promise<void> {
  const { redis, queues, config } = deps;
  const isOurs = (project: string | undefined) => project !== undefined && Object.hasOwn(config.projects, project);
  await move(queues.of(formerQueueNames.intake), async (data) => {
    const order = Submission.safeParse(data).data;
    if (order === undefined || !isOurs(order.project)) return false;
    await knowProject(redis, order.jobId, order.project);
    await queues.of(queueNames.intake(order.project)).add("submission", order, { jobId: order.jobId });
    return true;
  });
  await move(queues.of(formerQueueNames.decisions), async (data) => {
    const decision = Decision.safeParse(data).data;
    if (decision === undefined || decision.type === "expire") return true;
    if (!isOurs((await placesOf(redis, [decision.jobId])).get(decision.jobId)?.project)) return false;
    await receive(deps, decision, signal);
    return true;
  });
}

/** Takes away what `bring` has brought on. Done twice, because a crash came between, it is the same. */
async function move(queue: Queue, bring: (data: unknown) => Promise<boolean>): Promise<void> {
  for (const entry of await queue.getJobs(["waiting", "active", "delayed", "prioritized"])) {
    if (entry.id !== undefined && (await bring(entry.data))) await queue.remove(entry.id);
  }
}
