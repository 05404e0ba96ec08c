import { AppError, isPassing } from "../core/error.ts";
import type { Stage } from "../core/event.ts";
import { isTerminal, type JobState } from "../core/job.ts";
import type { StageOrder } from "../core/queue.ts";
import type { JobId, Person } from "../core/task.ts";
import { clearPlace, endJob } from "./end-job.ts";
import { Line } from "./line.ts";
import { asOrdered } from "./pinned-project.ts";
import { openProject } from "./projects.ts";
import { isOutdated } from "./recovery.ts";
import { backoffMs, nameFailure } from "./retry.ts";
import type { StageDeps, StageJob } from "./stage.ts";
import { Cancellation, Pause } from "./stops.ts";
import { workspaceOf } from "./workspace.ts";

export type StageWork = (job: StageJob, signal: AbortSignal) => Promise<void>;

interface RunningJob {
  readonly controller: AbortController;
  stage: Stage;
  readonly done: Promise<void>;
  /** What was ordered while a stage of this job ran: the newest order says what comes next. */
  next?: StageOrder;
}

/**
 * Runs stages, one at a time for a job and no more jobs than there are places, and knows those that run: a cancel finds
 * them here. Whatever a stage throws becomes the job's true state. An order is taken at once; from then on the ledger
 * says what is to be done, and a crash loses nothing that the next start does not find there.
 */
export class StageRunner {
  readonly #deps: StageDeps;
  readonly #work: Record<Stage, StageWork>;
  readonly #running = new Map<JobId, RunningJob>();
  readonly #line: Line;
  /** The entry with which each job's newest stage began: an order from before it is spent. */
  readonly #begun = new Map<JobId, number>();
  /** Attempts that the ledger could not be told of. */
  readonly #unwritten = new Map<JobId, number>();
  /** Jobs that a question is being asked about: until it is recorded, no order of theirs begins. */
  readonly #pausing = new Set<JobId>();
  readonly #stopping = new AbortController();

  constructor(deps: StageDeps, work: Record<Stage, StageWork>, line = new Line(deps)) {
    this.#deps = deps;
    this.#work = work;
    this.#line = line;
  }

  isRunning(jobId: JobId): boolean {
    return this.#running.has(jobId);
  }

  /** Starts a stage, or keeps it until the job's stage before it has ended or a place is free. */
  async take(order: StageOrder): Promise<void> {
    const state = await this.#deps.book.known(order.jobId);
    this.#line.forget(order.jobId);
    // Ordered again by the recovery of a daemon that holds the project.
    if (!this.#deps.held.has(state.submission.project)) return;
    if (this.#stopping.signal.aborted || this.#pausing.has(order.jobId) || this.#isSpent(state, order)) return;
    const running = this.#running.get(order.jobId);
    if (running !== undefined) {
      if ((running.next?.sequence ?? -1) <= order.sequence) running.next = order;
      return;
    }
    if (this.#line.enter({ order, project: state.submission.project })) this.#start(order);
  }

  /** Stops a job wherever it is. Returns false when it had ended before. */
  async cancel(jobId: JobId, by: Person): Promise<boolean> {
    const reason = new Cancellation(by);
    this.#running.get(jobId)?.controller.abort(reason);
    const state = await this.#deps.book.recordIfAllowed(jobId, { type: "cancelled", by });
    this.#line.leave(jobId);
    if (state === undefined) return false;
    // A stage that began between the lines above is stopped by this one.
    this.#running.get(jobId)?.controller.abort(reason);
    if (!this.#running.has(jobId)) await this.#clear(state);
    this.#moveUp();
    return true;
  }

  /**
   * Stops what a job does now, waits until it has stopped, and lets `ask` record why. The answer orders what comes next;
   * an order that came meanwhile is dropped, because it follows from the ledger like any other. A landing is not stopped:
   * a person has spoken.
   */
  async pause(jobId: JobId, ask: () => Promise<void>): Promise<void> {
    this.#pausing.add(jobId);
    try {
      const running = this.#running.get(jobId);
      if (running?.stage === "land") return;
      running?.controller.abort(new Pause());
      await running?.done;
      this.#line.leave(jobId);
      await ask();
    } finally {
      this.#pausing.delete(jobId);
    }
    this.#moveUp();
  }

  /** Interrupts whatever runs and waits for it, but not for ever. */
  async stop(windowMs: number): Promise<void> {
    this.#stopping.abort(new AppError("shutdown", "Chargehand is stopping."));
    const ended = Promise.all(Array.from(this.#running.values(), ({ done }) => done));
    const { promise: impatience, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, windowMs);
    await Promise.race([ended, impatience]);
    clearTimeout(timer);
  }

  #isSpent(state: JobState, order: StageOrder): boolean {
    return isOutdated(state, order) || order.sequence < (this.#begun.get(order.jobId) ?? 0);
  }

  #start(order: StageOrder): void {
    const { jobId } = order;
    const controller = new AbortController();
    const done = this.#live(order, AbortSignal.any([this.#stopping.signal, controller.signal]));
    this.#running.set(jobId, { controller, done, stage: order.stage });
  }

  /** One stage, and then whatever was ordered meanwhile. */
  async #live(first: StageOrder, signal: AbortSignal): Promise<void> {
    const { jobId } = first;
    for (let order: StageOrder | undefined = first; order !== undefined; order = this.#nextOf(jobId)) {
      this.#line.goOn(order);
      await this.#runOne(order, signal).catch((err) => {
        this.#deps.log.error({ err, jobId }, "a job could not be led on; its ledger is as it was");
      });
    }
    this.#running.delete(jobId);
    this.#line.leave(jobId);
    this.#moveUp();
  }

  #nextOf(jobId: JobId): StageOrder | undefined {
    const running = this.#running.get(jobId);
    const next = running?.next;
    if (running !== undefined) delete running.next;
    if (running !== undefined && next !== undefined) running.stage = next.stage;
    return this.#stopping.signal.aborted ? undefined : next;
  }

  #moveUp(): void {
    if (this.#stopping.signal.aborted) return;
    for (const { order } of this.#line.admit()) this.#start(order);
  }

  async #runOne(order: StageOrder, signal: AbortSignal): Promise<void> {
    const { jobId, stage, iteration } = order;
    let job: StageJob | undefined;
    try {
      job = await this.#open(order, signal);
      if (job === undefined) return;
      const state = await this.#deps.book.record(jobId, { type: "stage_started", stage, iteration });
      this.#begun.set(jobId, state.sequence);
      await this.#work[stage]({ ...job, state: { ...state, base: job.state.base } }, signal);
      this.#unwritten.delete(jobId);
    } catch (error) {
      const reason = signal.aborted ? signal.reason : error;
      // What cannot be written down now is tried again like the stage itself.
      await this.#settle(order, job, reason).catch((second: unknown) => this.#settle(order, job, second));
    }
  }

  async #open(order: StageOrder, signal: AbortSignal): Promise<StageJob | undefined> {
    const state = await this.#deps.book.known(order.jobId);
    if (this.#isSpent(state, order) || state.base === undefined) return undefined;
    return this.#jobOf({ ...state, iteration: order.iteration }, signal);
  }

  async #jobOf(state: JobState, signal: AbortSignal): Promise<StageJob | undefined> {
    const { id, base, submission, iteration } = state;
    if (base === undefined) return undefined;
    const now = await openProject(this.#deps.config, submission.project, signal);
    const workspace = workspaceOf(this.#deps.home, now, id);
    const project = await asOrdered(now, workspace.files.directory);
    return { state: { ...state, base }, project, workspace, iteration };
  }

  async #settle(order: StageOrder, job: StageJob | undefined, error: unknown): Promise<void> {
    const { log, book } = this.#deps;
    const { jobId, stage } = order;
    if (error instanceof Pause) return;
    const { code, message: reason } = nameFailure(error);
    if (code === "shutdown") {
      const words = "Chargehand was stopped; the job goes on when it is back.";
      return void (await book.recordIfAllowed(jobId, { type: "interrupted", reason: words }));
    }
    const state = await book.known(jobId);
    if (!isTerminal(state.status) && isPassing(code) && (await this.#tryLater(order, state, { code, reason }))) return;
    const ended = job ?? (await this.#jobOf(state, new AbortController().signal).catch(() => undefined));
    const ending = error instanceof Cancellation ? ({ type: "cancelled", by: error.by } as const) : undefined;
    if (!isTerminal(state.status) && ending === undefined)
      log.error({ err: error, jobId, stage, code }, "a stage failed");
    const event = ending ?? ({ type: "failed", code, reason } as const);
    if (ended === undefined) return void (await book.recordIfAllowed(jobId, event));
    if (isTerminal(state.status)) return clearPlace(this.#deps, ended);
    await endJob(this.#deps, ended, event);
  }

  /** False when it was tried often enough. */
  async #tryLater(
    { jobId, stage, iteration }: StageOrder,
    state: JobState,
    { code, reason }: { code: AppError["code"]; reason: string },
  ): Promise<boolean> {
    const { log, book, order, config } = this.#deps;
    const unwritten = this.#unwritten.get(jobId) ?? 0;
    const attempt = Math.max(state.retry?.attempt ?? 0, unwritten) + 1;
    // A ledger that cannot be written cannot say "failed" either.
    if (attempt > config.limits.retries && code !== "ledger-unwritable") return false;
    const delayMs = backoffMs(attempt, config.limits.retryPause);
    const at = new Date(Date.now() + delayMs).toISOString();
    log.warn({ jobId, stage, code, attempt, at }, "a stage is tried again later");
    try {
      await book.recordIfAllowed(jobId, { type: "retry_scheduled", attempt, at, code, reason });
    } catch {
      this.#unwritten.set(jobId, attempt);
    }
    await order({ jobId, stage, iteration }, { delayMs });
    return true;
  }

  /** A job that was not running when it was cancelled still may have a place of its own. */
  async #clear(state: JobState): Promise<void> {
    if (!this.#deps.held.has(state.submission.project)) return;
    const job = await this.#jobOf(state, new AbortController().signal);
    if (job !== undefined) await clearPlace(this.#deps, job);
  }
}
