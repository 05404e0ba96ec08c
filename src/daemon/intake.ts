import { sentenceOf } from "../core/error.ts";
import type { Base } from "../core/measurement.ts";
import type { Submission } from "../core/task.ts";
import { baseCommit, openProject } from "./projects.ts";
import type { StageDeps } from "./stage.ts";

/**
 * Takes an order in: pins the commit it starts from, writes the first line of its ledger and puts its first stage on
 * the queue. Taking the same order in twice changes nothing. An order nobody can work on becomes a failed job, so that
 * whoever gave it hears why.
 */
export async function takeIn(deps: StageDeps, submission: Submission, signal: AbortSignal): Promise<void> {
  const { book, config, log } = deps;
  const { jobId } = submission;
  const { maxIterations } = config.limits;
  if ((await book.state(jobId)) === undefined) {
    try {
      const base = await pinBase(deps, submission, signal);
      await book.record(jobId, { type: "queued", submission, base, maxIterations });
    } catch (err) {
      signal.throwIfAborted();
      const { code, sentence } = sentenceOf(err);
      log.warn({ err, jobId, code }, "an order could not be taken in");
      await book.record(jobId, { type: "queued", submission, maxIterations });
      await book.record(jobId, { type: "failed", code, reason: sentence });
      return;
    }
  }
  const state = await book.known(jobId);
  if (state.status === "queued") await deps.order({ jobId, stage: "run", iteration: 1 });
}

async function pinBase({ config }: StageDeps, submission: Submission, signal: AbortSignal): Promise<Base> {
  const project = await openProject(config, submission.project, signal);
  return { branch: project.main, commit: await baseCommit(project, signal) };
}
