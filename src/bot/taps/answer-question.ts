import { type Choice, choicesFor } from "../../core/approval.ts";
import { mayDecide } from "../../core/config.ts";
import { isTerminal } from "../../core/job.ts";
import type { Decision } from "../../core/queue.ts";
import type { AskedApproval } from "../../platform/job-desk.ts";
import type { Tap } from "../callback-data.ts";
import type { BotParts } from "../parts.ts";
import { choiceSentence } from "../render/settlement.ts";
import { removeCopysKeyboard, removeKeyboard } from "./remove-keyboard.ts";
import type { Press } from "./tap.ts";

/** Records a person's answer to a question, or says why it does not count. */
export async function answerQuestion(
  parts: BotParts,
  press: Press,
  { approvalId, choice }: Extract<Tap, { type: "answer" }>,
): Promise<string> {
  if (!mayDecide(press.sender.role)) return "Only owners and approvers may answer this.";
  const asked = await parts.desk.approval(approvalId);
  if (asked === undefined) {
    await removeKeyboard(parts, press);
    return "This question is not known any more.";
  }
  await removeCopysKeyboard(parts, press, approvalId);
  const obstacle = whyNot(asked, choice, Date.now());
  if (obstacle !== undefined) return obstacle;
  if (choice === "change") return "Reply to this message with what should be different, and the job goes on.";
  const isFirst = await parts.memory.isFirstTap(approvalId);
  const by = press.sender.person;
  const { first } = await parts.desk.decide({ type: "settle", jobId: asked.job.id, approvalId, choice, by });
  return outcome(first, by.id, choice, isFirst);
}

/** Why an answer cannot count any more, if so. */
export function whyNot({ approval, settlement, job }: AskedApproval, choice: Choice, now: number): string | undefined {
  const choices: readonly Choice[] = choicesFor[approval.subject.type];
  if (!choices.includes(choice)) return "This is no answer to that question.";
  if (settlement?.type === "chosen") return `Answered already: ${choiceSentence(settlement)}`;
  if (settlement?.type === "expired") return "This question has expired.";
  if (settlement?.type === "void") return `This question is no longer open: ${settlement.reason}`;
  if (isTerminal(job.status)) return "This job has ended; there is nothing left to decide.";
  if (approval.expiresAt !== undefined && Date.parse(approval.expiresAt) <= now) return "This question has expired.";
  return undefined;
}

function outcome(first: Decision, myId: string, choice: Choice, isFirst: boolean): string {
  if (first.type !== "settle") return "This question has expired.";
  const isMine = first.by.id === myId && first.choice === choice;
  if (!isMine) return `Answered already: ${choiceSentence({ ...first, type: "chosen" })}`;
  return isFirst ? confirmations[choice] : "Noted already.";
}

const confirmations: Record<Choice, string> = {
  allow_once: "Allowed once.",
  allow_for_job: "Allowed for this job.",
  deny: "Denied.",
  merge: "Merging…",
  discard: "Discarding…",
  change: "Going back to work…",
  keep_text: "Going on with the accepted text.",
  take_text: "Going on with the new text.",
  stop: "Stopping…",
};
