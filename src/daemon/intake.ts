import { AppError, sentenceOf } from "../core/error.ts";
import type { JobState } from "../core/job.ts";
import type { Base } from "../core/measurement.ts";
import type { Submission } from "../core/task.ts";
import { keepCommit, mainTip, openProject, refs } from "./projects.ts";
import type { StageDeps } from "./stage.ts";

/**
 * Takes an order in: pins the commit it starts from, writes the first line of its ledger and puts its first stage on
 * the queue. Taking the same order in twice, or after a crash in the middle, changes nothing that was done. An order
 * nobody can work on becomes a failed job, so that whoever gave it hears why.
 */
export async function takeIn(deps: StageDeps, submission: Submission, signal: AbortSignal): Promise<void> {
  const { jobId } = submission;
  const state = (await deps.book.state(jobId)) ?? (await begin(deps, submission, signal));
  if (state.status !== "queued") return;
  if (state.base === undefined) await failWithoutBase(deps, submission, signal);
  else await deps.order({ jobId, stage: "run", iteration: 1 });
}

async function begin(deps: StageDeps, submission: Submission, signal: AbortSignal): Promise<JobState> {
  const { book, config } = deps;
  const { jobId } = submission;
  const base = await pinBase(deps, submission, signal).catch(() => undefined);
  signal.throwIfAborted();
  const { maxIterations } = config.limits;
  await book.recordIfAllowed(jobId, { type: "queued", submission, ...(base && { base }), maxIterations });
  return book.known(jobId);
}

/** The commit is kept by a ref from the first moment on, and that ref is the last thing an ended job gives back. */
async function pinBase(deps: StageDeps, submission: Submission, signal: AbortSignal): Promise<Base> {
  const { project, commit } = await findBase(deps, submission, signal);
  await keepCommit(project, refs.base(submission.jobId), commit, signal);
  return { branch: project.main, commit };
}

async function findBase({ config }: StageDeps, { project: name }: Submission, signal: AbortSignal) {
  const project = await openProject(config, name, signal);
  return { project, commit: await mainTip(project, signal) };
}

async function failWithoutBase(deps: StageDeps, submission: Submission, signal: AbortSignal): Promise<void> {
  const { jobId } = submission;
  const err = await findBase(deps, submission, signal).then(hadNoBase, (error: unknown) => error);
  signal.throwIfAborted();
  const { code, sentence: reason } = sentenceOf(err);
  deps.log.warn({ err, jobId, code }, "an order could not be taken in");
  await deps.book.recordIfAllowed(jobId, { type: "failed", code, reason });
}

function hadNoBase(): AppError {
  return new AppError("project-unusable", "The project had no commit to start from then. Order it again.");
}
