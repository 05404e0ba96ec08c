import type { Approval, Settlement } from "../../core/approval.ts";
import { isTerminal, type JobState } from "../../core/job.ts";
import { callbackData } from "../callback-data.ts";
import type { Content, Keyboard } from "../message.ts";
import { bold, lines, paragraphs, type RichText } from "../text/rich-text.ts";
import { evidence } from "./evidence.ts";
import { shortCommit } from "./figures.ts";
import { effort, headline } from "./headline.ts";
import { mergeSettlementSentence, settlementOf } from "./settlement.ts";

/**
 * The result of a job that passed: the evidence, and what to do with it. After a merge that was not possible it asks
 * again, with the reason in place of the evidence.
 */
export function renderMergeQuestion(job: JobState, { id, subject }: Approval, now: number): Content {
  if (subject.type !== "merge") throw new TypeError("Only a merge is asked for in this way.");
  const merges = job.approvals.filter(({ approval }) => approval.subject.type === "merge");
  const index = merges.findIndex(({ approval }) => approval.id === id);
  const settlement = settlementOf(job, id);
  const closing = settlement && bold(whatBecameOfIt(job, settlement));
  const before = merges[index - 1]?.settlement;
  if (settlement?.type === "chosen" && settlement.choice === "change")
    return { ...sentBack(job, settlement), keyboard: [] };
  const refusal = before?.type === "void" ? before : undefined;
  const content =
    refusal === undefined
      ? paragraphs(
          headline({ mark: "✓", word: "Accepted" }, job),
          evidence(job),
          lines(effort(job, now), !settlement && `Merge puts it into ${subject.into} as one merge commit.`),
          closing,
        )
      : paragraphs(
          headline({ mark: "◆", word: "Not merged" }, job),
          refusal.reason,
          !settlement && "The work is kept as it was accepted. You can try again.",
          closing,
        );
  return { ...content, keyboard: settlement === undefined ? keyboard(job.id, id) : [] };
}

/** Its evidence is not told again: it is of work that is being changed now. */
function sentBack(job: JobState, settlement: Settlement): RichText {
  return paragraphs(headline({ mark: "▸", word: "Back to work" }, job), bold(mergeSettlementSentence(settlement)));
}

function whatBecameOfIt(job: JobState, settlement: Settlement): string {
  const who = mergeSettlementSentence(settlement);
  if (settlement.type !== "chosen" || settlement.choice !== "merge") return who;
  if (job.outcome === "merged") return `${who} ${mergedSentence(job)}`;
  return isTerminal(job.status) ? who : `${who} Merging…`;
}

/** Where the work went. */
export function mergedSentence(job: JobState): string {
  const subject = job.approvals.findLast(({ approval }) => approval.subject.type === "merge")?.approval.subject;
  const into = subject?.type === "merge" ? subject.into : job.base?.branch;
  return ["Merged", into && `into ${into}`, job.mergedCommit && `as ${shortCommit(job.mergedCommit)}`]
    .filter(Boolean)
    .join(" ")
    .concat(".");
}

function keyboard(jobId: string, approvalId: string): Keyboard {
  return [
    [
      { text: "Merge", data: callbackData({ type: "answer", approvalId, choice: "merge" }), style: "success" },
      { text: "Diff", data: callbackData({ type: "diff", jobId }) },
    ],
    [
      { text: "Ask for changes", data: callbackData({ type: "answer", approvalId, choice: "change" }) },
      { text: "Discard", data: callbackData({ type: "answer", approvalId, choice: "discard" }), style: "danger" },
    ],
  ];
}
