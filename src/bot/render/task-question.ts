import type { Approval, TaskChange } from "../../core/approval.ts";
import type { JobState } from "../../core/job.ts";
import { callbackData } from "../callback-data.ts";
import type { Content, Keyboard } from "../message.ts";
import { bold, lines, paragraphs, quote, type RichText } from "../text/rich-text.ts";
import { headline } from "./headline.ts";
import { settlementOf, taskSettlementSentence } from "./settlement.ts";

/** Asks what to work on, now that an issue says something else than what was accepted. The new text stands here whole. */
export function renderTaskQuestion(job: JobState, { id, subject }: Approval): Content {
  if (subject.type !== "task_changed") throw new TypeError("Only a changed task is asked about in this way.");
  const settlement = settlementOf(job, id);
  const isOpen = settlement === undefined;
  const content = paragraphs(
    headline(isOpen ? { mark: "◆", word: "The task changed" } : { mark: "■", word: "Changed task" }, job),
    whatHappened(subject),
    isOpen
      ? "The job waits, and no model has seen this. A stranger may have written it."
      : bold(taskSettlementSentence(settlement)),
  );
  return { ...content, keyboard: isOpen ? keyboard(id) : [] };
}

function whatHappened({ change, text }: TaskChange): RichText {
  return lines(change === "text" ? "It was edited, and says now:" : "New words from outside:", quote(text));
}

function keyboard(approvalId: string): Keyboard {
  const answer = (choice: "keep_text" | "take_text" | "stop") => callbackData({ type: "answer", approvalId, choice });
  return [
    [{ text: "Keep the accepted text", data: answer("keep_text") }],
    [{ text: "Take the new text", data: answer("take_text") }],
    [{ text: "Stop the job", data: answer("stop"), style: "danger" }],
  ];
}
