import { LedgerEntry } from "../../core/event.ts";
import { artifacts } from "../../core/evidence/artifacts.ts";
import { contradictions, foldLegally } from "../../core/evidence/contradictions.ts";
import type { JobState } from "../../core/job.ts";
import type { Defect } from "./defect.ts";
import { sha256 } from "./hash.ts";

export interface CheckedLedger {
  readonly entries: readonly LedgerEntry[];
  readonly state?: JobState;
  readonly defects: readonly Defect[];
}

/** Reads a ledger as somebody who does not trust it: every line, its place in the chain, and whether it may follow. */
export function checkLedger(text: string): CheckedLedger {
  const lines = text.split("\n");
  const torn = lines.pop() !== "";
  const defects: Defect[] = torn ? [defect(lines.length + 1, "The last line has no end.")] : [];
  const entries: LedgerEntry[] = [];
  let previous = "0".repeat(64);
  for (const [index, line] of lines.entries()) {
    const entry = LedgerEntry.safeParse(parsed(line));
    if (!entry.success) return { entries, defects: [...defects, defect(index + 1, "This is no ledger entry.")] };
    const flaw = flawOfPlace(entry.data, { index, previous, jobId: entries[0]?.jobId });
    if (flaw !== undefined) defects.push(defect(index + 1, flaw));
    entries.push(entry.data);
    previous = sha256(line);
  }
  if (entries.length === 0) return { entries, defects: [...defects, defect(1, "The ledger is empty.")] };
  if (defects.length > 0) return { entries, defects };
  const { state, stuckAt } = foldLegally(entries);
  if (stuckAt !== undefined) {
    const sentence = `"${stuckAt.event.type}" cannot happen to a job that is ${state?.status ?? "not begun"}.`;
    return { entries, defects: [defect(stuckAt.sequence, sentence)] };
  }
  const impossible = contradictions(entries).map(({ sequence, sentence }) => defect(sequence, sentence));
  return { entries, ...(state && { state }), defects: impossible };
}

function flawOfPlace(
  entry: LedgerEntry,
  { index, previous, jobId = entry.jobId }: { index: number; previous: string; jobId: string | undefined },
): string | undefined {
  if (entry.previous !== previous) return "It does not follow the line before it: one of the two was altered.";
  if (entry.sequence !== index + 1) return `It is numbered ${entry.sequence}, but stands at ${index + 1}.`;
  return entry.jobId === jobId ? undefined : "It belongs to another job.";
}

function defect(line: number, sentence: string): Defect {
  return { file: artifacts.ledger, line, sentence };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
