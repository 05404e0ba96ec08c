import type { Redis } from "ioredis";
import { type HomeId, isFreeElsewhere } from "../core/home.ts";
import { Decision, decisionId, queueNames } from "../core/queue.ts";
import { type JobId, Submission } from "../core/task.ts";
import { claimJob, placesOf } from "../platform/places.ts";
import type { Queues } from "../platform/queues.ts";
import { readRoster } from "../platform/roster.ts";
import { takeIn } from "./intake.ts";
import type { Line } from "./line.ts";
import type { StageDeps } from "./stage.ts";
import { LeftForLater } from "./workers.ts";

export interface ReceptionDeps extends StageDeps {
  readonly redis: Redis;
  readonly queues: Queues;
  readonly homeId: HomeId;
  readonly line: Line;
}

/**
 * Takes an entry of a project's queue: an order, or what was decided about one. Several daemons may hold the project;
 * the first to touch a job makes it its own, for ever. Entries about a job of another home go to that home, which
 * carries them out even if it was killed just now and comes back later. An order that would have to wait here is left
 * where it is while another daemon could begin with it.
 */
export async function receive(
  deps: ReceptionDeps,
  { data, timesLeft }: { readonly data: unknown; readonly timesLeft: number },
  signal: AbortSignal,
): Promise<void> {
  const { success: isOrder, data: submission } = Submission.safeParse(data);
  if (!isOrder) return pass(deps, Decision.parse(data));
  const { line, homeId } = deps;
  if (line.isFull(submission.project) && timesLeft < mostTimesLeft && (await isForOthers(deps, submission))) {
    throw new LeftForLater(leftForMs);
  }
  line.expect(submission);
  try {
    const owner = await claimJob(deps.redis, submission.jobId, homeId);
    if (owner !== homeId) await pass(deps, handBack(submission));
    else await takeIn(deps, submission, signal);
  } finally {
    const state = await deps.book.state(submission.jobId).catch(() => undefined);
    // A job that is to begin is forgotten by the line when it stands there.
    if (state?.status !== "queued") line.forget(submission.jobId);
  }
}

/** An order that a full house leaves lies there for so long, and not for ever: the other one may be busy or ill. */
const leftForMs = 100;
const mostTimesLeft = 50;

/** Whether a daemon elsewhere could begin with an order at once that nobody has touched yet. */
async function isForOthers({ redis, homeId }: ReceptionDeps, { jobId, project }: Submission): Promise<boolean> {
  const place = (await placesOf(redis, [jobId])).get(jobId);
  return place?.home === undefined && isFreeElsewhere(await readRoster(redis), project, homeId);
}

/** To the home whose job it is: ours, if nobody has touched it before. */
async function pass({ redis, queues, homeId }: ReceptionDeps, decision: Decision): Promise<void> {
  const owner = await claimJob(redis, decision.jobId, homeId);
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
