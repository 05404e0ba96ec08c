import type { JobState } from "../../core/job.ts";
import type { Content } from "../message.ts";
import { clip, messageLimit } from "../text/cut.ts";
import { bold, join, lines, paragraphs, pre } from "../text/rich-text.ts";
import { diffFigures } from "./figures.ts";
import { title } from "./headline.ts";

/** The patch in the message where it fits, else as a file that a phone opens. */
export function renderDiff(job: JobState, patch: string): Content {
  const figures = job.candidate === undefined ? job.id : diffFigures(job.candidate.stat);
  const caption = lines(bold(figures), `${job.submission.project}: ${title(job.submission.text)}`);
  const whole = paragraphs(caption, pre(patch.trimEnd(), "diff"));
  if (whole.text.length <= messageLimit) return whole;
  return { ...clip(join(caption), 1_024), document: { name: `${job.id}.diff`, text: patch } };
}
