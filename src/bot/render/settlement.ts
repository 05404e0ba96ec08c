import type { Choice, Settlement } from "../../core/approval.ts";
import { isTerminal, type JobState } from "../../core/job.ts";
import { clipLine } from "../text/cut.ts";

/** How a question was settled. One that its job left open when it ended is no longer open either. */
export function settlementOf(job: JobState, approvalId: string): Settlement | undefined {
  const settlement = job.approvals.find(({ approval }) => approval.id === approvalId)?.settlement;
  return settlement ?? (isTerminal(job.status) ? { type: "void", reason: "The job has ended." } : undefined);
}

/** Who answered whether a command may run and how, in one sentence. */
export function commandSettlementSentence(settlement: Settlement): string {
  switch (settlement.type) {
    case "chosen":
      return choiceSentence(settlement);
    case "expired":
      return "Nobody answered in time, so it was not run.";
    case "void":
      return `No longer open: ${clipLine(settlement.reason, 300)}`;
  }
}

/** Who answered what to do about a task that had changed. */
export function taskSettlementSentence(settlement: Settlement): string {
  switch (settlement.type) {
    case "chosen":
      return choiceSentence(settlement);
    case "expired":
      return "Nobody answered in time, so the job still waits.";
    case "void":
      return `No longer open: ${clipLine(settlement.reason, 300)}`;
  }
}

/** Who answered whether to merge and how. */
export function mergeSettlementSentence(settlement: Settlement): string {
  switch (settlement.type) {
    case "chosen":
      return choiceSentence(settlement);
    case "expired":
      return "Nobody answered in time, so nothing was merged.";
    case "void":
      return `Not merged: ${clipLine(settlement.reason, 300)}`;
  }
}

/** The same for both, and for whoever taps too late. */
export function choiceSentence({ by, choice, advice }: Extract<Settlement, { type: "chosen" }>): string {
  const said = advice ? ` “${clipLine(advice, 300)}”` : "";
  return `${clipLine(by.name, 60)} ${deeds[choice]}.${said}`;
}

const deeds: Record<Choice, string> = {
  allow_once: "allowed it once",
  allow_for_job: "allowed it for this job",
  deny: "denied it",
  merge: "chose Merge",
  discard: "chose Discard",
  change: "asked for changes",
  keep_text: "goes on with the accepted text",
  take_text: "takes the new text",
  stop: "stopped the job",
};
