import type { Approval, ApprovalSubject } from "../../core/approval.ts";
import { describeArgv } from "../../core/command-display.ts";
import { formatDuration } from "../../core/duration.ts";
import type { JobState } from "../../core/job.ts";
import { callbackData } from "../callback-data.ts";
import type { Content, Keyboard } from "../message.ts";
import { clipLine } from "../text/cut.ts";
import { bold, code, join, lines, paragraphs, pre, type RichText } from "../text/rich-text.ts";
import { headline } from "./headline.ts";
import { commandSettlementSentence, settlementOf } from "./settlement.ts";

type CommandSubject = Extract<ApprovalSubject, { type: "command" }>;

/** Asks whether a command may run: all of it, where, and why it is asked. */
export function renderCommandQuestion(job: JobState, approval: Approval): Content {
  const { id, subject } = approval;
  if (subject.type !== "command") throw new TypeError("Only a command is asked for in this way.");
  const settlement = settlementOf(job, id);
  const isOpen = settlement === undefined;
  const question = paragraphs(
    headline(isOpen ? { mark: "◆", word: "May this run?" } : { mark: "■", word: "Command" }, job),
    command(subject),
    lines(join("In ", code(subject.cwd)), `It asks because: ${clipLine(subject.reason, 400)}`),
    isOpen ? howToAnswer(approval) : bold(commandSettlementSentence(settlement)),
  );
  return { ...question, keyboard: isOpen ? keyboard(id) : [] };
}

/** One argument a line, never clipped: what is approved is what stands here. */
function command({ argv }: CommandSubject): RichText {
  return lines(
    argv.length === 1 ? "One word:" : `${argv.length} words, one on each line:`,
    pre(describeArgv(argv).join("\n")),
  );
}

function howToAnswer({ askedAt, expiresAt }: Approval): string {
  const open = expiresAt && `Open for ${formatDuration(Date.parse(expiresAt) - Date.parse(askedAt))}. `;
  return `${open ?? ""}Reply to this message to deny it with advice.`;
}

function keyboard(approvalId: string): Keyboard {
  const answer = (choice: "allow_once" | "allow_for_job" | "deny") =>
    callbackData({ type: "answer", approvalId, choice });
  return [
    [
      { text: "Allow once", data: answer("allow_once") },
      { text: "Allow for this job", data: answer("allow_for_job") },
    ],
    [{ text: "Deny", data: answer("deny"), style: "danger" }],
  ];
}
