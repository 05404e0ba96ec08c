import type { Redis } from "ioredis";
import type { HomeId } from "../core/home.ts";
import { Decision, decisionId, queueNames } from "../core/queue.ts";
import { type JobId, Submission } from "../core/task.ts";
import { claimJob, placesOf } from "../platform/places.ts";
import type { Queues } from "../platform/queues.ts";
import { takeIn } from "./intake.ts";
import type { StageDeps } from "./stage.ts";

export interface ReceptionDeps extends StageDeps {
  readonly redis: Redis;
  readonly queues: Queues;
  readonly homeId: HomeId;
}

/**
 * Takes an entry of a project's queue: an order, or what was decided about one. Several daemons may hold the project;
 * the first to touch a job makes it its own, for ever. Entries about a job of another home go to that home, which
 * carries them out even if it was killed just now and comes back later.
 */
export async function receive(deps: ReceptionDeps, data: unknown, signal: AbortSignal): Promise<void> {
  const { redis, queues, homeId } = deps;
  const { success: isOrder, data: submission } = Submission.safeParse(data);
  const decision = isOrder ? handBack(submission) : Decision.parse(data);
  const owner = await claimJob(redis, decision.jobId, homeId);
  if (isOrder && owner === homeId) return takeIn(deps, submission, signal);
  await queues.of(queueNames.decisions(owner)).add(decision.type, decision, { jobId: decisionId(decision) });
}

function handBack(submission: Submission): Decision {
  return { type: "take_in", jobId: submission.jobId, submission };
}

/** The order of a job that has no ledger yet. */
export async function findOrder(
  { redis, queues }: Pick<ReceptionDeps, "redis" | "queues">,
  jobId: JobId,
): Promise<Submission | undefined> {
  const project = (await placesOf(redis, [jobId])).get(jobId)?.project;
  if (project === undefined) return undefined;
  const entry = await queues.of(queueNames.intake(project)).getJob(jobId);
  return Submission.safeParse(entry?.data).data;
}
