import { mkdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { ChainableCommander, Redis } from "ioredis";
import { AppError } from "../core/error.ts";
import type { JobEvent, LedgerEntry } from "../core/event.ts";
import type { HomeId } from "../core/home.ts";
import { fold, isAtRest, isTerminal, JobState, mayHappen, pendingApprovals } from "../core/job.ts";
import { keys } from "../core/queue.ts";
import { redacted } from "../core/redacted.ts";
import type { JobId } from "../core/task.ts";
import { isThere } from "../platform/is-there.ts";
import { LedgerFile, readIntact, readLedger } from "../platform/ledger-file.ts";
import { jobFiles } from "./job-files.ts";
import { untold } from "./untold.ts";

/** How many entries the live stream keeps; the ledgers keep everything. */
const streamLength = 50_000;

/**
 * The daemon's jobs: each one's ledger, the state folded from it, and the copy that readers see in Redis. What is
 * recorded here is on disk before anybody hears of it.
 */
export class JobBook implements AsyncDisposable {
  readonly #home: string;
  readonly #homeId: HomeId;
  readonly #redis: Redis;
  readonly #keepEvidence: (state: JobState) => Promise<void>;
  readonly #redact: (text: string) => string;
  readonly #jobs = new Map<JobId, Promise<OpenJob>>();
  readonly #closing = new AbortController();

  /**
   * `keepEvidence` is waited for when a job begins and when it comes to rest, before anybody hears of it. `redact` sees
   * every text before the disk does; only a person's order stays as it was given.
   */
  constructor({ home, homeId, redis, keepEvidence, redact }: JobBookOptions) {
    this.#home = home;
    this.#homeId = homeId;
    this.#redis = redis;
    this.#keepEvidence = keepEvidence ?? (async () => {});
    this.#redact = redact ?? ((text) => text);
  }

  /** The state of a job, or `undefined` when nothing was ever recorded of it. */
  async state(jobId: JobId): Promise<JobState | undefined> {
    if (!this.#jobs.has(jobId) && !(await isThere(jobFiles(this.#home, jobId).ledger))) return undefined;
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
    return inTurn(job, () => this.#append(job, event));
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

  /** Tells readers whatever they have not heard of a job: after a crash, or after Redis forgot. */
  async republish(jobId: JobId): Promise<void> {
    const job = await this.#open(jobId);
    return inTurn(job, () => this.#catchUp(jobId, job));
  }

  /** Shows a job whose ledger is damaged as blocked, as far as it can be told. The ledger is left as it is. */
  async showDamaged(jobId: JobId): Promise<void> {
    const { entries, damage } = await readIntact(jobFiles(this.#home, jobId).ledger);
    const state = entries.reduce<JobState | undefined>(fold, undefined);
    if (state === undefined || damage === undefined) return;
    await this.#announce({ ...state, status: "blocked", reason: damage.message }, entries.slice(-1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
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
    const safe = event.type === "queued" ? event : redacted(event, this.#redact);
    const entry = await job.ledger.append(safe, { durable: !passing.has(event.type) });
    const state = fold(job.state, entry);
    job.state = state;
    if (event.type === "queued" || isAtRest(state)) await this.#keepEvidence(state);
    await this.#tell(job, state, entry);
    if (isTerminal(state.status)) await this.#close(job);
    return state;
  }

  /** What is on disk has happened, whether or not Redis takes it now: then it is told later. */
  async #tell(job: OpenJob, state: JobState, entry: LedgerEntry): Promise<void> {
    if (job.isBehind) return;
    try {
      await this.#announce(state, [entry]);
    } catch {
      job.isBehind = true;
      void this.#tellLater(state.id, job);
    }
  }

  async #tellLater(jobId: JobId, job: OpenJob): Promise<void> {
    for (let pauseMs = 1_000; job.isBehind; pauseMs = Math.min(2 * pauseMs, 60_000)) {
      await delay(pauseMs, undefined, { signal: this.#closing.signal, ref: false }).catch(() => {});
      if (this.#closing.signal.aborted) return;
      await inTurn(job, () => this.#catchUp(jobId, job)).catch(() => {});
    }
  }

  async #catchUp(jobId: JobId, job: OpenJob): Promise<void> {
    if (job.state === undefined) return;
    const entries = await readLedger(jobFiles(this.#home, jobId).ledger);
    const copy = await this.#redis.get(keys.job(jobId));
    const heard = copy === null ? undefined : Copy.parse(JSON.parse(copy)).sequence;
    await this.#announce(job.state, untold(entries, job.state, heard, Date.now()));
    job.isBehind = false;
  }

  /** State and entries in one step: the copy's sequence says which entries readers have heard. */
  async #announce(state: JobState, entries: readonly LedgerEntry[]): Promise<void> {
    const batch = this.#copyOf(state);
    for (const entry of entries) {
      batch.xadd(keys.events, "MAXLEN", "~", streamLength, "*", "entry", JSON.stringify(entry));
    }
    await carriedOut(batch);
  }

  #copyOf(state: JobState) {
    const batch = this.#redis.multi();
    batch.set(keys.job(state.id), JSON.stringify(state));
    batch.hset(keys.place(state.id), { project: state.submission.project, home: this.#homeId });
    batch.zadd(keys.jobs, Date.parse(state.queuedAt), state.id);
    for (const approval of pendingApprovals(state)) batch.set(keys.approval(approval.id), state.id);
    return batch;
  }

  #open(jobId: JobId): Promise<OpenJob> {
    const known = this.#jobs.get(jobId);
    if (known !== undefined) return known;
    const open = this.#read(jobId);
    this.#jobs.set(jobId, open);
    open.catch(() => this.#jobs.delete(jobId));
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
    const job = { ledger, state, last: Promise.resolve(), isBehind: false };
    if (state !== undefined && isTerminal(state.status)) await this.#close(job);
    return job;
  }
}

export interface JobBookOptions {
  readonly home: string;
  readonly homeId: HomeId;
  readonly redis: Redis;
  readonly keepEvidence?: (state: JobState) => Promise<void>;
  readonly redact?: (text: string) => string;
}

interface OpenJob {
  readonly ledger: LedgerFile;
  state: JobState | undefined;
  last: Promise<unknown>;
  /** Whether something is on disk that Redis did not take. */
  isBehind: boolean;
}

const Copy = JobState.pick({ sequence: true });

/** One thing at a time for a job, in the order in which it was asked for. */
function inTurn<T>(job: OpenJob, work: () => Promise<T>): Promise<T> {
  const turn = job.last.then(work);
  job.last = turn.catch(() => {});
  return turn;
}

/** A transaction is answered as a whole even when Redis refused a part of it. */
async function carriedOut(batch: ChainableCommander): Promise<void> {
  const answers = await batch.exec();
  for (const [error] of answers ?? []) if (error !== null) throw error;
}

/** Events that only show progress: losing the last of them in a crash changes nothing. */
const passing: ReadonlySet<JobEvent["type"]> = new Set(["step_progress", "spent", "slot_awaited"]);
