import type { Choice, Settlement } from "../../core/approval.ts";
import { clipLine } from "../text/cut.ts";

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
};
