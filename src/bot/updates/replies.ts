import { mayDecide, roleOf } from "../../core/config.ts";
import { isTerminal } from "../../core/job.ts";
import type { Command } from "../commands/command.ts";
import { messageKeys } from "../job-messages.ts";
import type { Letter } from "../memory.ts";
import type { BotParts } from "../parts.ts";
import { whyNot } from "../taps/answer-question.ts";
import { answer } from "./answers.ts";
import type { Replied } from "./read-message.ts";

const adviceLength = 2_000;

/**
 * A reply to a message of ours may mean that message: advice with a "no" to a command, changes wanted in a result, or
 * words for a job that runs.
 */
export async function takeReply(parts: BotParts, letter: Letter, repliesTo: Replied): Promise<boolean> {
  const { approvalId, jobId } = await meantBy(parts, letter, repliesTo);
  if (approvalId !== undefined) return answerInWords(parts, letter, approvalId);
  return jobId === undefined ? false : explainCard(parts, letter, jobId);
}

/** `/cancel` as the answer to a job's message means that job. */
export async function aboutRepliedJob(
  parts: BotParts,
  letter: Letter,
  command: Command,
  repliesTo: Replied,
): Promise<Command> {
  if (!("job" in command) || command.job !== "") return command;
  const { jobId } = await meantBy(parts, letter, repliesTo);
  return jobId === undefined ? command : { ...command, job: jobId };
}

/** What the message is about that somebody answers. A copy of a question that nobody knew loses its buttons by this. */
async function meantBy({ outbox }: BotParts, { place: { chatId } }: Letter, replied: Replied): Promise<Meant> {
  const { messageId, ...named } = replied;
  const key = await outbox.keyAt({ chatId, messageId });
  if (key !== undefined) return { approvalId: messageKeys.questionOf(key), jobId: messageKeys.jobOf(key) };
  const { approvalId } = named;
  if (approvalId !== undefined) await outbox.stripCopy(messageKeys.question(approvalId), { chatId, messageId });
  return named;
}

type Meant = { readonly [Name in "approvalId" | "jobId"]?: string | undefined };

/** What words mean as the answer to a question, and what they are answered with. */
const meanings = {
  command: { choice: "deny", taken: "Denied, and your words go to the orchestrator." },
  merge: { choice: "change", taken: "The job goes back to work with your words." },
  /** A choice between two texts is made by a button. */
  task_changed: undefined,
} as const;

async function answerInWords(parts: BotParts, letter: Letter, approvalId: string): Promise<boolean> {
  const { config, desk, outbox } = parts;
  const asked = await desk.approval(approvalId);
  if (asked === undefined) return false;
  const meaning = meanings[asked.approval.subject.type];
  if (meaning === undefined) {
    await answer(outbox, letter, "This takes one of the buttons of the message.");
    return true;
  }
  const { choice, taken } = meaning;
  const obstacle = mayDecide(roleOf(config, letter.senderId))
    ? whyNot(asked, choice, Date.now())
    : "Only owners and approvers may answer this.";
  if (obstacle !== undefined) {
    await answer(outbox, letter, obstacle);
    return true;
  }
  const advice = letter.text.slice(0, adviceLength);
  const { recorded } = await desk.decide({
    type: "settle",
    jobId: asked.job.id,
    approvalId,
    choice,
    by: letter.person,
    advice,
  });
  await answer(outbox, letter, recorded ? taken : "This was answered already.");
  return true;
}

/** A new job is rarely what somebody means who answers the card of a running one. */
async function explainCard(parts: BotParts, letter: Letter, jobId: string): Promise<boolean> {
  const job = await parts.desk.job(jobId);
  if (job === undefined || isTerminal(job.status)) return false;
  const sentence =
    `Job ${jobId} cannot take new words while it runs. ` +
    `Stop it with /cancel ${jobId}, or send this as a message of its own to order another job.`;
  await answer(parts.outbox, letter, sentence);
  return true;
}
