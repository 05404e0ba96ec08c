import type { JobState } from "../../core/job.ts";
import { clipLine } from "../text/cut.ts";
import { bold, code, join, lines, type Piece, type RichText } from "../text/rich-text.ts";
import { elapsed, spending } from "./figures.ts";
import { originLine } from "./origin.ts";

/** What every message about a job begins with: how it stands, which one it is, what was ordered, and where if not here. */
export function headline({ mark, word }: { mark: string; word: string }, job: JobIdentity): RichText {
  const { submission } = job;
  const what = join(bold(`${mark} ${word}`), " · ", submission.project, " · ", code(job.id));
  return lines(what, title(submission.text), originLine(submission));
}

export type JobIdentity = Pick<JobState, "id"> & {
  readonly submission: Pick<JobState["submission"], "project" | "text" | "origin" | "requestedBy">;
};

/** The first line of an order, or as much of it as fits on two lines of a phone. */
export function title(text: string): string {
  return clipLine(text.trim().split("\n")[0] ?? "", 80);
}

/** What the whole of it took: attempts, time, tokens, money. */
export function effort(job: JobState, now: number): Piece {
  const attempts = job.iteration > 1 && `${job.iteration} attempts`;
  return [attempts, elapsed(job, now), spending(job)].filter(Boolean).join(" · ");
}

/** What it took: time, tokens, money. */
export function expense(job: JobState, now: number): Piece {
  return [elapsed(job, now), spending(job)].filter(Boolean).join(" · ");
}
