import type { JobState } from "../core/job.ts";
import type { ChatPlace } from "../core/task.ts";
import type { Content, Message, Rank } from "./message.ts";

/** The names of the messages about a job. A name is for ever, so a restarted bot finds the same message again. */
export const messageKeys = {
  card: (jobId: string) => `card-${jobId}`,
  question: (approvalId: string) => `question-${approvalId}`,
  ending: (jobId: string) => `ending-${jobId}`,
  overview: (number: number) => `overview-${number}`,
  /** The job or the question that a message belongs to. */
  jobOf: (key: string) => /^(?:card|ending)-([^+]+)/.exec(key)?.[1],
  questionOf: (key: string) => /^question-([^+]+)/.exec(key)?.[1],
} as const;

/** A place for the messages about a job, and the message that ordered it. */
export interface JobAddress {
  readonly place: ChatPlace;
  readonly replyTo?: number;
}

/** A message about a job answers its order, in the order's chat and topic. */
export function aboutJob(
  address: JobAddress,
  message: { readonly key: string; readonly rank: Rank; readonly rings: boolean; readonly content: Content },
): Message {
  return { ...message, ...address };
}

/** Where the messages of a job go: the chat it was ordered in, else the one it is shown in; some have none. */
export function addressOf({ submission: { origin, card } }: Pick<JobState, "submission">): JobAddress | undefined {
  if (origin.type !== "telegram") return card && { place: card };
  const { chatId, threadId, messageId } = origin;
  return { place: { chatId, ...(threadId !== undefined && { threadId }) }, replyTo: messageId };
}

/** One name for each chat and each topic. */
export function placeName({ chatId, threadId }: ChatPlace): string {
  return threadId === undefined ? `${chatId}` : `${chatId}/${threadId}`;
}
