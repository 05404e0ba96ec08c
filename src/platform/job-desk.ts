import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Approval, Settlement } from "../core/approval.ts";
import { AppError } from "../core/error.ts";
import { LedgerEntry } from "../core/event.ts";
import { JobState } from "../core/job.ts";
import { Decision, keyPrefix, keys, queueNames } from "../core/queue.ts";
import { JobId, Submission } from "../core/task.ts";

/** What everybody outside the daemon may do with jobs: order, look, follow, decide. */
export interface JobDesk {
  /** Puts an order on the intake queue. The same request twice is the same job; with other content it is refused. */
  submit(order: Omit<Submission, "jobId" | "submittedAt">): Promise<JobId>;
  /** Orders that have no state yet: those that wait for a daemon, then those that are due later, the next one first. */
  orders(): Promise<Submission[]>;
  /** Records the first answer to a question; a second, different one is told what was recorded before it. */
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
  /** How many daemons are at work now, as Redis sees their connections. */
  daemonCount(): Promise<number>;
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
  const intake = openQueue(redis, queueNames.intake);
  const decisions = openQueue(redis, queueNames.decisions);

  const readJob = async (jobId: JobId) => parseJob(await redis.get(keys.job(jobId)));
  const readJobs = async (jobIds: readonly JobId[]) => {
    const found = jobIds.length === 0 ? [] : await redis.mget(jobIds.map(keys.job));
    return found.map(parseJob).filter((job) => job !== undefined);
  };

  return {
    async submit(order) {
      const jobId = jobIdOf(order.requestId);
      const submission = Submission.parse({ ...order, jobId, submittedAt: new Date().toISOString() });
      await intake.add("submission", submission, { jobId, delay: delayOf(submission) });
      const first = (await readJob(jobId))?.submission ?? Submission.parse((await intake.getJob(jobId))?.data);
      if (!isDeepStrictEqual(contentOf(first), contentOf(submission))) throw otherContent(first);
      return jobId;
    },
    async orders() {
      const entries = await intake.getJobs(["active", "waiting", "prioritized", "delayed"], 0, -1, true);
      const found = entries.flatMap(({ data }) => Submission.safeParse(data).data ?? []);
      // A job that was cancelled before its time has a state already; its entry only comes later and finds it so.
      const states = await readJobs(found.map(({ jobId }) => jobId));
      const open = found.filter(({ jobId }) => !states.some(({ id }) => id === jobId));
      return open.toSorted((a, b) => (a.dueAt ?? "").localeCompare(b.dueAt ?? ""));
    },
    async decide(decision) {
      const id = decisionId(decision);
      await decisions.add(decision.type, decision, { jobId: id });
      const first = Decision.parse((await decisions.getJob(id))?.data ?? decision);
      return { recorded: isDeepStrictEqual(first, Decision.parse(decision)), first };
    },
    job: readJob,
    order: async (jobId) => Submission.safeParse((await intake.getJob(jobId))?.data).data,
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
    daemonCount: () => intake.getWorkersCount(),
    async [Symbol.asyncDispose]() {
      await Promise.all([intake.close(), decisions.close()]);
    },
  };
}

function delayOf({ dueAt }: Submission): number {
  return dueAt === undefined ? 0 : Math.max(0, Date.parse(dueAt) - Date.now());
}

function contentOf({ project, text, validation = [] }: Submission) {
  return { project, text, validation };
}

function otherContent({ requestId, jobId }: Submission): AppError {
  return new AppError("conflict", `Request "${requestId}" is job ${jobId} already, with other content. Use a new id.`);
}

/**
 * One entry for each question, each cancel and each change of a task, however often it is said. An agent's answer, which
 * the daemon may refuse, takes no place from a person's.
 */
function decisionId(decision: Decision): string {
  switch (decision.type) {
    case "cancel":
      return `cancel-${decision.jobId}`;
    case "ask":
      return `ask-${decision.jobId}-${decision.subject.snapshot}-${decision.accepted}`;
    case "settle":
      return `settle-${decision.approvalId}${decision.by.kind === "mcp" ? "-mcp" : ""}`;
    case "expire":
      return `${decision.type}-${decision.approvalId}`;
  }
}

const retention = { age: 7 * 24 * 3_600, count: 10_000 };

/** A queue of ours with our retention: a finished entry stays a week, so that a repeated id is still known. */
export function openQueue(redis: Redis, name: string): Queue {
  return new Queue(name, {
    connection: redis,
    prefix: keyPrefix,
    defaultJobOptions: {
      removeOnComplete: retention,
      removeOnFail: retention,
      // Whoever works on the queue says how long it pauses; a decision is never given up.
      attempts: 10_000,
      backoff: { type: "ours" },
    },
  });
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
