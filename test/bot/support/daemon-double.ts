import { createHash, randomBytes } from "node:crypto";
import { type Job, Worker } from "bullmq";
import type { Redis } from "ioredis";
import { pino } from "pino";
import { vi } from "vitest";
import type { Approval, ApprovalSubject } from "../../../src/core/approval.ts";
import type { JobEvent, LedgerEntry } from "../../../src/core/event.ts";
import { fold, type JobState } from "../../../src/core/job.ts";
import { Decision, keyPrefix, keys, queueNames } from "../../../src/core/queue.ts";
import { type JobId, Submission } from "../../../src/core/task.ts";
import { type RedisTarget, redisOptions } from "../../../src/platform/redis.ts";
import { Announcement } from "../../../src/platform/roster.ts";

const homeId = "home00000000";
const projects = ["shop", "blog"];

/** Stands where the daemon stands: takes orders and decisions, and writes what happens to jobs as the daemon does. */
export class DaemonDouble implements AsyncDisposable {
  readonly submissions: Submission[] = [];
  readonly decisions: Decision[] = [];
  readonly #redis: Redis;
  readonly #states = new Map<JobId, JobState>();
  readonly #workers: Worker[];
  #announcement: Announcement | undefined;

  private constructor(redis: Redis, target: RedisTarget) {
    this.#redis = redis;
    const options = { connection: redisOptions(target), prefix: keyPrefix };
    const take = async ({ data }: Job) => {
      const order = Submission.safeParse(data);
      if (order.success) this.submissions.push(order.data);
      else this.decisions.push(Decision.parse(data));
    };
    const queues = [...projects.map(queueNames.intake), queueNames.decisions(homeId)];
    this.#workers = queues.map((queue) => new Worker(queue, take, options));
    // A Redis that is away on purpose is no news.
    for (const worker of this.#workers) worker.on("error", () => {});
  }

  /** Says that it is at work, as a daemon does. */
  static async start(redis: Redis, target: RedisTarget): Promise<DaemonDouble> {
    const double = new DaemonDouble(redis, target);
    const home = { id: homeId, path: "/srv/home", projects };
    double.#announcement = await Announcement.make(redis, home, pino({ enabled: false }), AbortSignal.timeout(30_000));
    return double;
  }

  /** The next order, taken in as a job. */
  async takesOrder(text: string | RegExp = ""): Promise<JobState> {
    const isMeant = (order: Submission) =>
      typeof text === "string" ? order.text.includes(text) : text.test(order.text);
    const order = await waitFor(() => this.submissions.find((it) => isMeant(it) && !this.#states.has(it.jobId)));
    return this.takesIn(order);
  }

  takesIn(submission: Submission): Promise<JobState> {
    const base = { branch: "main", commit };
    return this.tells(submission.jobId, { type: "queued", submission, base, maxIterations: 3 });
  }

  /** Lets things happen to a job: ledger, state and stream in one step each, as the daemon writes them. */
  async tells(jobId: JobId, ...events: readonly JobEvent[]): Promise<JobState> {
    for (const event of events) await this.#append(jobId, event);
    return this.state(jobId);
  }

  state(jobId: JobId): JobState {
    const state = this.#states.get(jobId);
    if (state === undefined) throw new Error(`The daemon double does not know job ${jobId}.`);
    return state;
  }

  async asks(jobId: JobId, subject: ApprovalSubject, expiresAt?: Date): Promise<Approval> {
    const id = randomBytes(16).toString("base64url");
    const askedAt = new Date().toISOString();
    const approval = { id, jobId, subject, askedAt, ...(expiresAt && { expiresAt: expiresAt.toISOString() }) };
    await this.tells(jobId, { type: "approval_requested", approval });
    return approval;
  }

  /** The next decision of this type. */
  decides<Type extends Decision["type"]>(type: Type): Promise<Extract<Decision, { type: Type }>> {
    const isMeant = (decision: Decision): decision is Extract<Decision, { type: Type }> => decision.type === type;
    return waitFor(() => {
      const found = this.decisions.find(isMeant);
      if (found !== undefined) this.decisions.splice(this.decisions.indexOf(found), 1);
      return found;
    });
  }

  async leavesPatch(jobId: JobId, patch: string): Promise<void> {
    await this.#redis.set(keys.patch(jobId), patch);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#announcement?.[Symbol.asyncDispose]();
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  async #append(jobId: JobId, event: JobEvent): Promise<void> {
    const before = this.#states.get(jobId);
    const previous = createHash("sha256")
      .update(JSON.stringify(before ?? ""))
      .digest("hex");
    const sequence = (before?.sequence ?? 0) + 1;
    const entry: LedgerEntry = { jobId, sequence, at: new Date().toISOString(), event, previous };
    const state = fold(before, entry);
    this.#states.set(jobId, state);
    const step = this.#redis.multi().set(keys.job(jobId), JSON.stringify(state));
    step.hset(keys.place(jobId), { project: state.submission.project, home: homeId });
    step.zadd(keys.jobs, Date.parse(state.queuedAt), jobId);
    if (event.type === "approval_requested") step.set(keys.approval(event.approval.id), jobId);
    await step.xadd(keys.events, "*", "entry", JSON.stringify(entry)).exec();
  }
}

export const commit = "a".repeat(40);
export const tree = "b".repeat(40);

async function waitFor<T>(look: () => T | undefined): Promise<T> {
  return vi.waitFor(
    () => {
      const found = look();
      if (found === undefined) throw new Error("Waited in vain for the bot.");
      return found;
    },
    { timeout: 10_000, interval: 5 },
  );
}
