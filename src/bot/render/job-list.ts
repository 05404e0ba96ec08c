import type { JobState } from "../../core/job.ts";
import { clipLine } from "../text/cut.ts";
import { bold, code, join, lines, paragraphs, type RichText } from "../text/rich-text.ts";
import { elapsed } from "./figures.ts";
import { statusWords } from "./status.ts";

/** The latest jobs, one line each; ids are set so that a tap copies them. */
export function renderJobList(jobs: readonly JobState[], projects: readonly string[], now: number): RichText {
  if (jobs.length === 0)
    return paragraphs("No jobs yet.", `Send a task as a message, for example:\n${example(projects)}`);
  return paragraphs(bold("Latest jobs"), lines(...jobs.map((job) => jobLine(job, now))));
}

function jobLine(job: JobState, now: number): RichText {
  const { project, text } = job.submission;
  const { mark } = statusWords(job);
  const what = clipLine(text.trim().split("\n")[0] ?? "", 48);
  return join(`${mark} `, code(job.id), ` ${project} · ${what} · ${elapsed(job, now)}`);
}

export function example(projects: readonly string[]): string {
  const task = "fix the typo in the README";
  return projects.length > 1 ? `${projects[0]}: ${task}` : task;
}
