import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Approval, Settlement } from "../core/approval.ts";
import { AppError } from "../core/error.ts";
import { LedgerEntry } from "../core/event.ts";
import type { Place, Roster } from "../core/home.ts";
import { JobState } from "../core/job.ts";
import { Decision, decisionId, keys, queueNames } from "../core/queue.ts";
import { fullRequestId, JobId, type OpenOrder, Submission } from "../core/task.ts";
import { knowProject, placesOf, projectsOrdered } from "./places.ts";
import { Queues } from "./queues.ts";
import { readRoster } from "./roster.ts";

/** What everybody outside the daemon may do with jobs: order, look, follow, decide. */
export interface JobDesk {
  /**
   * Puts an order on its project's queue. The same request twice is the same job; with other content it is refused. Its
   * `requestId` is what whoever orders calls it; the desk puts the door in front.
   */
  submit(order: Omit<Submission, "jobId" | "submittedAt">): Promise<JobId>;
  /** Orders that have no state yet: those that wait for a daemon, then those that are due later, the next one first. */
  orders(): Promise<OpenOrder[]>;
  /**
   * Records the first answer to a question; a second, different one is told what was recorded before it. It goes to the
   * job's home, also while no daemon works there, or with the order to whoever takes that.
   */
  decide(decision: Decision): Promise<{ recorded: boolean; first: Decision }>;
  job(jobId: JobId): Promise<JobState | undefined>;
  /** The order as it lies on the desk, whether or not a daemon has taken it in. */
  order(jobId: JobId): Promise<Submission | undefined>;
  /** The job whose id is, or begins with, what a person typed. Throws "not-found" in words for that person. */
  find(typed: string): Promise<JobState>;
  /** Newest first. */
  jobs(options?: { limit?: number }): Promise<JobState[]>;
  patch(jobId: JobId): Promise<string | undefined>;
  approval(approvalId: string): Promise<AskedApproval | undefined>;
  /** Who is at work on this Redis, and for which projects. */
  roster(): Promise<Roster>;
  /** The project and the home of each of these jobs, as far as they are known. */
  places(jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, Place>>;
}

export interface AskedApproval {
  readonly approval: Approval;
  readonly settlement?: Settlement | undefined;
  readonly job: JobState;
}

/** The id of the job a request stands for: the first 40 bits of its SHA-256, in a 32-letter alphabet. */
export function jobIdOf(requestId: string): JobId {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const digest = createHash("sha256").update(requestId).digest();
  return Array.from(digest.subarray(0, 8), (byte) => alphabet[byte % 32]).join("");
}

/** `redis` fails fast: a person who orders while Redis is away gets an answer, not silence. */
export function createJobDesk(redis: Redis): JobDesk & AsyncDisposable {
  const queues = new Queues(redis);
  const intakeOf = (project: string) => queues.of(queueNames.intake(project));

  const readJob = async (jobId: JobId) => parseJob(await redis.get(keys.job(jobId)));
  const readJobs = async (jobIds: readonly JobId[]) => {
    const found = jobIds.length === 0 ? [] : await redis.mget(jobIds.map(keys.job));
    return found.map(parseJob).filter((job) => job !== undefined);
  };
  const placeOf = async (jobId: JobId) => (await placesOf(redis, [jobId])).get(jobId);
  const readOrder = async (jobId: JobId) => {
    const project = (await placeOf(jobId))?.project;
    const entry = project === undefined ? undefined : await intakeOf(project).getJob(jobId);
    return Submission.safeParse(entry?.data).data;
  };
  const queueFor = async (decision: Decision) => {
    const place = await placeOf(decision.jobId);
    if (place?.home !== undefined) return queues.of(queueNames.decisions(place.home));
    const project = place?.project ?? (await readJob(decision.jobId))?.submission.project;
    if (project !== undefined) return intakeOf(project);
    throw new AppError("not-found", `Job ${decision.jobId} is not known any more.`);
  };

  return {
    async submit(order) {
      const requestId = fullRequestId(order);
      const jobId = jobIdOf(requestId);
      const submission = Submission.parse({ ...order, requestId, jobId, submittedAt: new Date().toISOString() });
      if ((await knowProject(redis, jobId, submission.project)) !== submission.project)
        throw otherContent(order.requestId, jobId);
      const intake = intakeOf(submission.project);
      await intake.add("submission", submission, { jobId, delay: delayOf(submission) });
      const first = (await readJob(jobId))?.submission ?? Submission.parse((await intake.getJob(jobId))?.data);
      if (!isDeepStrictEqual(contentOf(first), contentOf(submission))) throw otherContent(order.requestId, jobId);
      return jobId;
    },
    async orders() {
      const intakes = (await projectsOrdered(redis)).map(intakeOf);
      const open = ["active", "waiting", "prioritized", "delayed"] as const;
      const entries = await Promise.all(intakes.map((intake) => intake.getJobs([...open], 0, -1, true)));
      const lying = entries.flat().map(({ data }) => data);
      const found = lying.flatMap((data) => Submission.safeParse(data).data ?? []);
      // Whoever takes an order in finds beside it that it was cancelled.
      const decisions = lying.flatMap((data) => Decision.safeParse(data).data ?? []);
      const cancelled = new Set(decisions.filter(({ type }) => type === "cancel").map(({ jobId }) => jobId));
      // A job that was cancelled before its time has a state already; its entry only comes later and finds it so.
      const states = await readJobs(found.map(({ jobId }) => jobId));
      const unknown = found.filter(({ jobId }) => !states.some(({ id }) => id === jobId));
      const orders = unknown.map((order) => ({ ...order, isCancelled: cancelled.has(order.jobId) }));
      return orders.toSorted((a, b) => (a.dueAt ?? "").localeCompare(b.dueAt ?? ""));
    },
    async decide(decision) {
      const queue = await queueFor(decision);
      const id = decisionId(decision);
      await queue.add(decision.type, decision, { jobId: id });
      const first = Decision.parse((await queue.getJob(id))?.data ?? decision);
      return { recorded: isDeepStrictEqual(first, Decision.parse(decision)), first };
    },
    job: readJob,
    order: readOrder,
    async find(typed) {
      const wanted = typed.trim().toLowerCase();
      const exact = JobId.safeParse(wanted).success ? await readJob(wanted) : undefined;
      if (exact !== undefined) return exact;
      const ids = await redis.zrevrange(keys.jobs, 0, -1);
      const matching = wanted === "" ? [] : ids.filter((id) => id.startsWith(wanted));
      if (matching.length > 1)
        throw new AppError("not-found", `Several jobs begin with "${wanted}". Type more of the id.`);
      const [job] = await readJobs(matching);
      if (job === undefined)
        throw new AppError("not-found", `There is no job "${wanted.slice(0, 40)}". /jobs lists them.`);
      return job;
    },
    async jobs({ limit = 20 } = {}) {
      return readJobs(await redis.zrevrange(keys.jobs, 0, limit - 1));
    },
    async patch(jobId) {
      return (await redis.get(keys.patch(jobId))) ?? undefined;
    },
    async approval(approvalId) {
      const jobId = await redis.get(keys.approval(approvalId));
      const job = jobId === null ? undefined : await readJob(jobId);
      const row = job?.approvals.find(({ approval }) => approval.id === approvalId);
      return job === undefined || row === undefined ? undefined : { ...row, job };
    },
    roster: () => readRoster(redis),
    places: (jobIds) => placesOf(redis, jobIds),
    [Symbol.asyncDispose]: () => queues[Symbol.asyncDispose](),
  };
}

function delayOf({ dueAt }: Submission): number {
  return dueAt === undefined ? 0 : Math.max(0, Date.parse(dueAt) - Date.now());
}

/** The request is part of it: two requests may have one job's id, which is short enough for somebody to search for that. */
function contentOf({ requestId, project, text, validation = [] }: Submission) {
  return { requestId, project, text, validation };
}

function otherContent(requestId: string, jobId: JobId): AppError {
  return new AppError("conflict", `Request "${requestId}" is job ${jobId} already, with other content. Use a new id.`);
}

export interface FollowedEntry {
  /** Where to go on after this entry. */
  readonly cursor: string;
  readonly entry: LedgerEntry;
}

const StreamReply = z.array(z.tuple([z.string(), z.array(z.tuple([z.string(), z.array(z.string())]))])).nullable();

/**
 * All jobs' ledger entries after `cursor` (`$` = from now on, `0` = from the oldest kept), as they come. `redis` is
 * held in a blocking read for as long as this goes on, so it must be a connection of its own.
 */
export async function* followEntries(redis: Redis, cursor: string, signal: AbortSignal): AsyncGenerator<FollowedEntry> {
  const released = Promise.withResolvers<never>();
  released.promise.catch(() => {});
  // A read that waits for Redis to come back is not ended by closing the connection.
  const release = () => {
    redis.disconnect();
    released.reject(signal.reason);
  };
  signal.addEventListener("abort", release, { once: true });
  let after = cursor;
  try {
    while (!signal.aborted) {
      const reading = redis.xread("COUNT", 200, "BLOCK", 0, "STREAMS", keys.events, after);
      const reply = StreamReply.parse(await Promise.race([reading, released.promise]));
      for (const [, items] of reply ?? []) {
        for (const [id, fields] of items) {
          after = id;
          const entry = LedgerEntry.safeParse(JSON.parse(fields[1] ?? "null"));
          if (entry.success) yield { cursor: id, entry: entry.data };
        }
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", release);
  }
}

function parseJob(text: string | null | undefined): JobState | undefined {
  if (text === null || text === undefined) return undefined;
  return JobState.parse(JSON.parse(text));
}
