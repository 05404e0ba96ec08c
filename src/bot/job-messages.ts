import type { JobState } from "../core/job.ts";
import type { Origin } from "../core/task.ts";
import type { Content, Message, Place, Rank } from "./message.ts";

/** The names of the messages about a job. A name is for ever, so a restarted bot finds the same message again. */
export const messageKeys = {
  card: (jobId: string) => `card-${jobId}`,
  question: (approvalId: string) => `question-${approvalId}`,
  ending: (jobId: string) => `ending-${jobId}`,
  /** The job or the question that a message belongs to. */
  jobOf: (key: string) => /^(?:card|ending)-([^+]+)/.exec(key)?.[1],
  questionOf: (key: string) => /^question-([^+]+)/.exec(key)?.[1],
} as const;

type ChatOrigin = Extract<Origin, { type: "telegram" }>;

/** A message about a job answers its order, in the order's chat and topic. */
export function aboutJob(
  origin: ChatOrigin,
  message: { readonly key: string; readonly rank: Rank; readonly rings: boolean; readonly content: Content },
): Message {
  return { ...message, place: placeOf(origin), replyTo: origin.messageId };
}

export function placeOf({ chatId, threadId }: ChatOrigin): Place {
  return threadId === undefined ? { chatId } : { chatId, threadId };
}

/** Where the messages of a job go; a job that was ordered elsewhere has none here. */
export function chatOriginOf(job: JobState): ChatOrigin | undefined {
  const { origin } = job.submission;
  return origin.type === "telegram" ? origin : undefined;
}
