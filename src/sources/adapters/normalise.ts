import type { Logger } from "pino";
import type { z } from "zod";
import { Issue, TrackerError, type TrackerUser } from "../../core/tracker.ts";

/** Trimmed, lower case, without blanks and doubles. */
export function labelsOf(names: readonly unknown[]): string[] {
  return [...new Set(spelledLabels(names).map(folded))];
}

/** Trimmed, without blanks and doubles, in the spelling that tells them apart where a tracker sees cases. */
export function spelledLabels(names: readonly unknown[]): string[] {
  const texts = names.filter((name) => typeof name === "string").map((name) => name.trim());
  return [...new Set(texts)].filter((name) => name !== "");
}

/** As states and labels are compared. */
export function folded(text: string): string {
  return text.trim().toLowerCase();
}

/** An instant in UTC, whatever the tracker's spelling; `null` when it is none. */
export function instantOf(value: unknown): string | null {
  const date = typeof value === "string" ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** The most urgent of the priorities that labels stand for. */
export function priorityByLabel(labels: readonly string[], meanings: Readonly<Record<string, number>>): number | null {
  const meant = labels.flatMap((label) => (Object.hasOwn(meanings, label) ? [meanings[label] as number] : []));
  return meant.length === 0 ? null : Math.min(...meant);
}

/** Whether somebody is the one who is wanted, by id or by login. Nobody wanted means that anybody will do. */
export function isWanted(wanted: string | undefined, user: Pick<TrackerUser, "id" | "name"> | null): boolean {
  if (wanted === undefined) return true;
  return user !== null && (user.id === wanted || folded(user.name) === folded(wanted));
}

/** What a list gives as a record, and what we make of it. */
export type ReadRecord = (record: unknown) => z.input<typeof Issue>;

/** Of a list, what can be read; the rest is named in the log, for one bad record must not stop all others. */
export function readableIssues(records: readonly unknown[], read: ReadRecord, log: Logger): Issue[] {
  return records.flatMap((record) => {
    try {
      return [Issue.parse(read(record))];
    } catch (error) {
      log.warn({ record: nameOf(record), problem: problemOf(error) }, "a malformed issue was left out");
      return [];
    }
  });
}

/** Of what was asked for by id, everything: a decision about that issue waits for it. */
export function requiredIssue(record: unknown, read: ReadRecord): Issue {
  try {
    return Issue.parse(read(record));
  } catch (error) {
    throw new TrackerError(
      "tracker_response",
      `The tracker's record of issue ${nameOf(record)} cannot be read: ${problemOf(error)}.`,
    );
  }
}

/** Only what names a record and cannot be a secret. */
function nameOf(record: unknown): string {
  const { number, iid, identifier, key } = Object(record) as Record<string, unknown>;
  const name = [number, iid, identifier, key].find((it) => typeof it === "number" || typeof it === "string");
  return String(name ?? "without a name").slice(0, 40);
}

/** Where a schema was not met; never what stood there. */
function problemOf(error: unknown): string {
  const issues = (error as Partial<z.ZodError>).issues;
  if (!Array.isArray(issues)) return "it has another shape";
  return issues.map(({ path, code }) => `${path.join(".") || "the record"} (${code})`).join(", ");
}
