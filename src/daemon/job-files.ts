import { join } from "node:path";
import type { JobId } from "../core/task.ts";

/** Where the parts of one job lie under `$CHARGEHAND_HOME/jobs/<id>/`. */
export interface JobFiles {
  readonly directory: string;
  readonly ledger: string;
  /** The orchestrator's conversation and the journal of its calls. */
  readonly conversation: string;
  readonly patch: string;
  /** There from the moment in which the workspace is whole until it is taken away. */
  readonly ready: string;
  /** The repository the job's worktrees belong to; the agents may do to it what they like. */
  readonly repository: string;
  /** What of it outlives a job whose work was not accepted. */
  readonly keptRepository: string;
  /** The harness's own repository; no agent ever sees it. */
  readonly harness: string;
  readonly engineHomes: string;
  /** The HOME of every other command in a worktree of the job. */
  readonly commandHome: string;
  /** The HOME of commands in `main`: what agents leave in theirs must not be run or read beside a person's files. */
  readonly mainHome: string;
  /** Whole outputs of commands and checks. */
  readonly outputs: string;
  readonly checkouts: string;
  readonly temporary: string;
}

export function jobFiles(home: string, jobId: JobId): JobFiles {
  const directory = join(home, "jobs", jobId);
  return {
    directory,
    ledger: join(directory, "ledger.jsonl"),
    conversation: join(directory, "conversation.json"),
    patch: join(directory, "patch.diff"),
    ready: join(directory, "workspace-ready"),
    repository: join(directory, "repository.git"),
    keptRepository: join(directory, "kept.git"),
    harness: join(directory, "harness.git"),
    engineHomes: join(directory, "engines"),
    commandHome: join(directory, "home"),
    mainHome: join(directory, "main-home"),
    outputs: join(directory, "outputs"),
    checkouts: join(directory, "checkouts"),
    temporary: join(directory, "tmp"),
  };
}
