import type { JobState } from "../../core/job.ts";
import { callbackData } from "../callback-data.ts";
import type { Content, Keyboard } from "../message.ts";
import { clipLine } from "../text/cut.ts";
import { lines, paragraphs } from "../text/rich-text.ts";
import { evidence } from "./evidence.ts";
import { effort, headline } from "./headline.ts";
import { mergedSentence } from "./merge-question.ts";
import { statusWords } from "./status.ts";

/** How a job ended, with whatever was measured on the way. */
export function renderEnding(job: JobState, now: number): Content {
  if (job.outcome === "merged") return paragraphs(headline(statusWords(job), job), mergedSentence(job));
  const text = paragraphs(headline(statusWords(job), job), reasons(job), evidence(job), effort(job, now));
  return hasDiff(job) ? { ...text, keyboard: diffButton(job, "Diff") } : text;
}

/** The same in three lines, for when several jobs end at about the same time. */
export function renderShortEnding(job: JobState): Content {
  const reason = job.outcome === "merged" ? mergedSentence(job) : clipLine(reasons(job), 160);
  const text = lines(headline(statusWords(job), job), reason !== "" && reason);
  return job.outcome !== "merged" && hasDiff(job) ? { ...text, keyboard: diffButton(job, `Diff ${job.id}`) } : text;
}

function hasDiff({ candidate }: JobState): boolean {
  return candidate !== undefined && candidate.stat.files > 0;
}

function diffButton(job: JobState, text: string): Keyboard {
  return [[{ text, data: callbackData({ type: "diff", jobId: job.id }) }]];
}

function reasons(job: JobState): string {
  const judged = job.status === "rejected" || job.status === "blocked" ? (job.judgement?.reasons ?? []) : [];
  const more = judged.filter((reason) => !job.reason?.includes(reason));
  return [job.reason, ...more].filter(Boolean).join("\n");
}
