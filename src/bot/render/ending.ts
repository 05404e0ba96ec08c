import type { JobState } from "../../core/job.ts";
import { callbackData } from "../callback-data.ts";
import type { Content } from "../message.ts";
import { paragraphs } from "../text/rich-text.ts";
import { evidence } from "./evidence.ts";
import { effort, headline } from "./headline.ts";
import { mergedSentence } from "./merge-question.ts";
import { statusWords } from "./status.ts";

/** How a job ended, with whatever was measured on the way. */
export function renderEnding(job: JobState, now: number): Content {
  const text = paragraphs(headline(statusWords(job), job), reasons(job), evidence(job), effort(job, now));
  const hasDiff = job.candidate !== undefined && job.candidate.stat.files > 0;
  return hasDiff
    ? { ...text, keyboard: [[{ text: "Diff", data: callbackData({ type: "diff", jobId: job.id }) }]] }
    : text;
}

export function renderMerged(job: JobState): Content {
  return paragraphs(headline(statusWords(job), job), mergedSentence(job));
}

function reasons(job: JobState): string {
  const judged = job.status === "rejected" || job.status === "blocked" ? (job.judgement?.reasons ?? []) : [];
  const more = judged.filter((reason) => !job.reason?.includes(reason));
  return [job.reason, ...more].filter(Boolean).join("\n");
}
