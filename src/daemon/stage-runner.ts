import { AppError, sentenceOf } from "../core/error.ts";
import type { Stage } from "../core/event.ts";
import { isTerminal } from "../core/job.ts";
import type { StageOrder } from "../core/queue.ts";
import type { JobId, Person } from "../core/task.ts";
import { clearPlace, endJob } from "./end-job.ts";
import { openProject } from "./projects.ts";
import { isOutdated } from "./recovery.ts";
import type { StageDeps, StageJob } from "./stage.ts";
import { workspaceOf } from "./workspace.ts";

export type StageWork = (job: StageJob, signal: AbortSignal) => Promise<void>;

/** A person's wish to stop, as the reason of an aborted signal. */
export class Cancellation extends AppError {
  readonly by: Person;

  constructor(by: Person) {
    super("cancelled", `Cancelled by ${by.name}.`);
    this.by = by;
  }
}

/**
 * Runs stages, one at a time for a job, and knows those that run: a cancel finds them here. Whatever a stage throws
 * becomes the job's true state.
 */
export class StageRunner {
  readonly #deps: StageDeps;
  readonly #work: Record<Stage, StageWork>;
  readonly #running = new Map<JobId, RunningStage>();

  constructor(deps: StageDeps, work: Record<Stage, StageWork>) {
    this.#deps = deps;
    this.#work = work;
  }

  /** Throws only when the stage is to be tried again: at a shutdown. */
  async run(order: StageOrder, shutdown: AbortSignal): Promise<void> {
    const { jobId, stage, iteration } = order;
    // What a stage ordered, or a person answered to it, may come before that stage has quite come to its end.
    while (this.#running.has(jobId)) await this.#running.get(jobId)?.ended;
    const controller = new AbortController();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    this.#running.set(jobId, { controller, ended });
    try {
      await this.#runOne(order, AbortSignal.any([shutdown, controller.signal]));
    } finally {
      this.#running.delete(jobId);
      end();
      this.#deps.log.debug({ jobId, stage, iteration }, "stage ended");
    }
  }

  /** Stops a job wherever it is. Returns false when it had ended before. */
  async cancel(jobId: JobId, by: Person): Promise<boolean> {
    const reason = new Cancellation(by);
    this.#running.get(jobId)?.controller.abort(reason);
    const state = await this.#deps.book.recordIfAllowed(jobId, { type: "cancelled", by });
    if (state === undefined) return false;
    // A stage that began between the two lines above is stopped by this one.
    this.#running.get(jobId)?.controller.abort(reason);
    if (!this.#running.has(jobId)) await this.#clear(jobId);
    return true;
  }

  async #runOne(order: StageOrder, signal: AbortSignal): Promise<void> {
    const { jobId, stage, iteration } = order;
    const job = await this.#open(order, signal);
    if (job === undefined) return;
    try {
      const state = await this.#deps.book.record(jobId, { type: "stage_started", stage, iteration });
      await this.#work[stage]({ ...job, state: { ...state, base: job.state.base } }, signal);
    } catch (error) {
      await this.#settle(job, stage, signal.aborted ? signal.reason : error);
    }
  }

  async #open(order: StageOrder, signal: AbortSignal): Promise<StageJob | undefined> {
    const { book, config, home } = this.#deps;
    const { jobId, iteration } = order;
    const state = await book.known(jobId);
    if (isOutdated(state, order) || state.base === undefined) return undefined;
    const project = await openProject(config, state.submission.project, signal);
    return { state: { ...state, base: state.base }, project, workspace: workspaceOf(home, project, jobId), iteration };
  }

  async #settle(job: StageJob, stage: Stage, error: unknown): Promise<void> {
    const { log, book } = this.#deps;
    const jobId = job.state.id;
    if (error instanceof Cancellation) return endJob(this.#deps, job, { type: "cancelled", by: error.by });
    if (error instanceof AppError && error.code === "shutdown") {
      await book.recordIfAllowed(jobId, {
        type: "interrupted",
        reason: "Chargehand was stopped; the job goes on when it is back.",
      });
      throw error;
    }
    const current = await book.known(jobId);
    if (isTerminal(current.status)) return clearPlace(this.#deps, job);
    const { code, sentence } = sentenceOf(error);
    log.error({ err: error, jobId, stage, code }, "a stage failed");
    await endJob(this.#deps, job, { type: "failed", code, reason: sentence });
  }

  /** A job that was not running when it was cancelled still may have a place of its own. */
  async #clear(jobId: JobId): Promise<void> {
    const { book, config, home } = this.#deps;
    const state = await book.known(jobId);
    if (state.base === undefined) return;
    const project = await openProject(config, state.submission.project, new AbortController().signal);
    const workspace = workspaceOf(home, project, jobId);
    await clearPlace(this.#deps, {
      state: { ...state, base: state.base },
      project,
      workspace,
      iteration: state.iteration,
    });
  }
}

interface RunningStage {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}
