import { maySubmit } from "../../core/config.ts";
import { isTerminal } from "../../core/job.ts";
import type { ChatPlace } from "../../core/task.ts";
import { diff } from "../commands/answer-command.ts";
import { ranks } from "../message.ts";
import type { BotParts } from "../parts.ts";
import type { Press } from "./tap.ts";

export async function cancelJob(parts: BotParts, { sender }: Press, jobId: string): Promise<string> {
  if (!maySubmit(sender.role)) return "You may look at jobs here, but not cancel any.";
  const job = await parts.desk.job(jobId);
  if (job !== undefined && isTerminal(job.status)) return "This job has ended already.";
  const { first } = await parts.desk.decide({ type: "cancel", jobId, by: sender.person });
  const isMine = first.type === "cancel" && first.by.id === sender.person.id;
  return isMine || first.type !== "cancel" ? "Cancelling…" : `${first.by.name} is cancelling it already.`;
}

/** One diff a tap; the tap's update names it, so that the same update again sends no second one. */
export async function showDiff(parts: BotParts, { query, updateId }: Press, jobId: string): Promise<string> {
  const job = await parts.desk.job(jobId);
  const { message } = query;
  if (job === undefined || message === undefined) return "This job is not known any more.";
  const content = await diff(parts, job);
  if (typeof content === "string") return content;
  await parts.outbox.post({
    key: `diff-${updateId}`,
    place: placeOf(message),
    rank: ranks.approval,
    rings: false,
    replyTo: message.message_id,
    content,
  });
  return "";
}

function placeOf(message: NonNullable<Press["query"]["message"]>): ChatPlace {
  const isTopic = "is_topic_message" in message && message.is_topic_message && message.message_thread_id !== undefined;
  return { chatId: message.chat.id, ...(isTopic && { threadId: message.message_thread_id }) };
}
