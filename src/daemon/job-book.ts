import { mkdir } from "node:fs/promises";
import type { Redis } from "ioredis";
import { AppError } from "../core/error.ts";
import type { JobEvent, LedgerEntry } from "../core/event.ts";
import { fold, isTerminal, type JobState, mayHappen, pendingApprovals } from "../core/job.ts";
import { keys } from "../core/queue.ts";
import type { JobId } from "../core/task.ts";
import { LedgerFile } from "../platform/ledger-file.ts";
import { jobFiles } from "./job-files.ts";

/** How many entries the live stream keeps; the ledgers keep everything. */
const streamLength = 50_000;

/**
 * The daemon's jobs: each one's ledger, the state folded from it, and the copy that readers see in Redis. What is
 * recorded here is on disk before anybody hears of it.
 */
export class JobBook implements AsyncDisposable {
  readonly #home: string;
  readonly #redis: Redis;
  readonly #jobs = new Map<JobId, Promise<OpenJob>>();

  constructor({ home, redis }: { home: string; redis: Redis }) {
    this.#home = home;
    this.#redis = redis;
  }

  /** The state of a job, or `undefined` when nothing was ever recorded of it. */
  async state(jobId: JobId): Promise<JobState | undefined> {
    return (await this.#open(jobId)).state;
  }

  /** The state of a job that must exist. */
  async known(jobId: JobId): Promise<JobState> {
    const state = await this.state(jobId);
    if (state === undefined) throw new AppError("not-found", `Nothing is recorded of job ${jobId}.`);
    return state;
  }

  /** Records one event and announces it. Throws "conflict" when the job's state does not allow it. */
  async record(jobId: JobId, event: JobEvent): Promise<JobState> {
    const job = await this.#open(jobId);
    const recorded = job.last.then(() => this.#append(job, event));
    job.last = recorded.catch(() => {});
    return recorded;
  }

  /** The same, unless the job's state no longer allows it: then nothing happens and the answer is `undefined`. */
  async recordIfAllowed(jobId: JobId, event: JobEvent): Promise<JobState | undefined> {
    try {
      return await this.record(jobId, event);
    } catch (error) {
      if (error instanceof AppError && error.code === "conflict") return undefined;
      throw error;
    }
  }

  /** Announces a job's state again, for readers whose copy was lost. */
  async republish(jobId: JobId): Promise<void> {
    const { state } = await this.#open(jobId);
    if (state !== undefined) await this.#copyOf(state).exec();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const job of await Promise.all(this.#jobs.values())) {
      await job.last;
      await job.ledger[Symbol.asyncDispose]();
    }
  }

  async #append(job: OpenJob, event: JobEvent): Promise<JobState> {
    if (!mayHappen(job.state, event)) {
      throw new AppError(
        "conflict",
        `"${event.type}" cannot happen to a job that is ${job.state?.status ?? "unknown"}.`,
      );
    }
    const entry = await job.ledger.append(event, { durable: !passing.has(event.type) });
    const state = fold(job.state, entry);
    job.state = state;
    await this.#announce(state, entry);
    if (isTerminal(state.status)) await this.#close(job);
    return state;
  }

  async #announce(state: JobState, entry: LedgerEntry): Promise<void> {
    const batch = this.#copyOf(state);
    batch.xadd(keys.events, "MAXLEN", "~", streamLength, "*", "entry", JSON.stringify(entry));
    await batch.exec();
  }

  #copyOf(state: JobState) {
    const batch = this.#redis.multi();
    batch.set(keys.job(state.id), JSON.stringify(state));
    batch.zadd(keys.jobs, Date.parse(state.queuedAt), state.id);
    for (const approval of pendingApprovals(state)) batch.set(keys.approval(approval.id), state.id);
    return batch;
  }

  #open(jobId: JobId): Promise<OpenJob> {
    const open = this.#jobs.get(jobId) ?? this.#read(jobId);
    this.#jobs.set(jobId, open);
    return open;
  }

  /** An ended job takes no more events, so neither its file nor its state needs to stay at hand. */
  async #close({ state, ledger }: OpenJob): Promise<void> {
    if (state !== undefined) this.#jobs.delete(state.id);
    await ledger[Symbol.asyncDispose]();
  }

  async #read(jobId: JobId): Promise<OpenJob> {
    const files = jobFiles(this.#home, jobId);
    await mkdir(files.directory, { recursive: true, mode: 0o700 });
    const { ledger, entries } = await LedgerFile.open(files.ledger, jobId);
    const state = entries.reduce<JobState | undefined>(fold, undefined);
    const job = { ledger, state, last: Promise.resolve() };
    if (state !== undefined && isTerminal(state.status)) await this.#close(job);
    return job;
  }
}

interface OpenJob {
  readonly ledger: LedgerFile;
  state: JobState | undefined;
  last: Promise<unknown>;
}

/** Events that only show progress: losing the last of them in a crash changes nothing. */
const passing: ReadonlySet<JobEvent["type"]> = new Set(["step_progress", "spent"]);
