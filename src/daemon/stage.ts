import type { Logger } from "pino";
import type { Config } from "../core/config.ts";
import { inertTitle } from "../core/inert.ts";
import type { JobState } from "../core/job.ts";
import type { Base } from "../core/measurement.ts";
import type { NextStage } from "../core/queue.ts";
import type { Submission } from "../core/task.ts";
import type { JobBook } from "./job-book.ts";
import type { WorktreePool } from "./pool/worktree-pool.ts";
import type { OpenProject } from "./projects.ts";
import type { Removals } from "./removals.ts";
import type { Workspace } from "./workspace.ts";

/** What every stage is given. */
export interface StageDeps {
  readonly config: Config;
  /** The projects that are on this machine. The jobs of the others wait until they are. */
  readonly held: ReadonlySet<string>;
  readonly home: string;
  readonly book: JobBook;
  readonly log: Logger;
  readonly pool: WorktreePool;
  readonly removals: Removals;
  /** Puts the next stage of a job on the queue, for now or for later. */
  readonly order: (next: NextStage, options?: { readonly delayMs: number }) => Promise<void>;
}

/** The job a stage works on, with its place. */
export interface StageJob {
  readonly state: JobState & { readonly base: Base };
  readonly project: OpenProject;
  readonly workspace: Workspace;
  readonly iteration: number;
}

/** The first line of a task, as the title of a commit or a message. */
export function titleOf({ text, origin }: Pick<Submission, "text" | "origin">): string {
  const [first = ""] = text.trim().split("\n");
  const line = origin.type === "tracker" ? inertTitle(first) : first;
  return line.length <= 72 ? line : `${line.slice(0, 71)}…`;
}
