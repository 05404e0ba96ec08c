import { formatDuration } from "../../core/duration.ts";
import { isTerminal, type JobState, pendingApprovals } from "../../core/job.ts";
import type { CheckResult } from "../../core/measurement.ts";
import type { Claim } from "../../core/tracker/claim.ts";
import type { CommentBlock, CommentLine, CommentPiece, CommentText } from "../../core/tracker/comment-text.ts";
import { visibleText } from "../../platform/visible-text.ts";

/** By this last line our comment is found again when we forgot its id. No markup changes it, on the way there or back. */
export const commentMark = "Chargehand keeps this comment up to date.";

type Redact = (text: string) => string;

/**
 * Our one comment on an issue, as it reads now. It changes only when there is something to tell, and says nothing of
 * what is asked on the phone: an issue may be read by anybody.
 */
export function composeComment(claim: Claim, job: JobState | undefined, redact: Redact): CommentText {
  return [...blocks(claim, job, redact), ...leftOut(claim), paragraph(commentMark)];
}

function blocks(claim: Claim, job: JobState | undefined, redact: Redact): CommentBlock[] {
  const because = (reason: string | undefined) => paragraph("Because: ", quoted(reason ?? "", redact, 600));
  const which = claim.jobId === undefined ? [] : [" Job ", { quoted: claim.jobId }, "."];
  const heading = (sentence: string) => paragraph({ strong: sentence }, ...which);
  if (claim.status === "retry_queued") {
    const when = claim.dueAt === undefined ? "later" : `at ${claim.dueAt.slice(11, 19)} UTC`;
    return [heading(`Chargehand tries this again ${when}.`), because(claim.reason)];
  }
  if (job === undefined) {
    return claim.reason === undefined
      ? [heading("Chargehand has taken this.")]
      : [paragraph({ strong: "Chargehand hands this over to you." }), because(claim.reason)];
  }
  if (!isTerminal(job.status)) return [heading(working(job))];
  const handedOver = claim.reason !== undefined && claim.reason !== job.reason ? [because(claim.reason)] : [];
  return [heading(ended(job)), ...(job.reason ? [because(job.reason)] : handedOver), ...evidence(job, redact)];
}

function leftOut({ leftOut: count = 0 }: Claim): CommentBlock[] {
  return count === 0 ? [] : [paragraph(`Later edits and comments that were left out: ${count}.`)];
}

function paragraph(...line: CommentPiece[]): CommentBlock {
  return { type: "paragraph", line };
}

/** Somebody else's words on one line. Redacted before they are cut: half of a secret looks like nothing. */
function quoted(text: string, redact: Redact, limit: number): CommentPiece {
  const line = redact(visibleText(text)).replace(/\s+/g, " ").trim();
  if (line === "") return { quoted: "—" };
  return { quoted: line.length <= limit ? line : `${line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "")}…` };
}

function working(job: JobState): string {
  const asked = pendingApprovals(job);
  if (asked.some(({ subject }) => subject.type === "merge"))
    return "The work passed its checks and waits for a person.";
  if (asked.length > 0) return "Chargehand waits for a person's answer.";
  switch (job.status) {
    case "verifying":
    case "reviewing":
      return "Chargehand is checking the work.";
    default:
      return "Chargehand is working on this.";
  }
}

function ended(job: JobState): string {
  switch (job.status) {
    case "done":
      return job.outcome === "merged" ? "Done and merged." : "Done, and the work was set aside by a person.";
    case "rejected":
      return "The work did not pass, and was not merged.";
    case "blocked":
      return "Chargehand could not prove the work, and leaves this to you.";
    case "cancelled":
      return "Stopped.";
    default:
      return "This could not be done.";
  }
}

/** What was measured, never what was only said. */
function evidence(job: JobState, redact: Redact): CommentBlock[] {
  if (job.candidate === undefined) return [];
  const { files, insertions, deletions } = job.candidate.stat;
  const scope = job.judgement?.verdict === "accept" ? "within scope, no secret found" : "see the reasons";
  const facts: [string, CommentPiece][] = [
    ["verdict", job.judgement?.verdict ?? "none"],
    ["changes", `${files} ${files === 1 ? "file" : "files"}, +${insertions} −${deletions}; ${scope}`],
    ["attempts", `${job.iteration} of ${job.maxIterations}`],
    ["time", formatDuration(Date.parse(job.endedAt ?? job.updatedAt) - Date.parse(job.queuedAt))],
    ["cost", cost(job)],
    ...(job.mergedCommit === undefined
      ? []
      : [["merged as", { quoted: job.mergedCommit.slice(0, 12) }] as [string, CommentPiece]]),
  ];
  const reasons = (job.judgement?.reasons ?? []).filter((reason) => !job.reason?.includes(reason));
  return [
    table(["", ""], facts),
    ...checks(job.checks, redact),
    ...(reasons.length === 0 ? [] : [list(reasons.slice(0, 10).map((reason) => quoted(reason, redact, 300)))]),
    ...(job.outdated ? [paragraph("Work went on after the last checks.")] : []),
  ];
}

function table(header: readonly string[], rows: readonly (readonly CommentPiece[])[]): CommentBlock {
  const cells = (pieces: readonly CommentPiece[]): CommentLine[] => pieces.map((piece) => [piece]);
  return { type: "table", header: cells(header), rows: rows.map(cells) };
}

function list(items: readonly CommentPiece[]): CommentBlock {
  return { type: "list", items: items.map((item) => [item]) };
}

function cost({ spent }: JobState): string {
  const tokens = `${spent.inputTokens + spent.outputTokens} tokens`;
  return spent.usd > 0 ? `${tokens}, ${spent.usd.toFixed(2)} USD` : tokens;
}

function checks(ran: readonly CheckResult[], redact: Redact): CommentBlock[] {
  if (ran.length === 0) return [];
  const rows = ran.map((check) => [
    quoted(check.label, redact, 60),
    ...[before(check), after(check), formatDuration(check.durationMs)],
  ]);
  return [table(["check", "before", "after", "time"], rows)];
}

function before({ before: base }: CheckResult): string {
  return base === undefined ? "not measured" : (counts(base.tests) ?? `exit code ${base.exitCode ?? "none"}`);
}

function after({ outcome, tests }: CheckResult): string {
  const told = counts(tests);
  return told === undefined ? outcome.replaceAll("_", " ") : `${outcome.replaceAll("_", " ")}; ${told}`;
}

function counts(tests: CheckResult["tests"]): string | undefined {
  return tests && `${tests.passed} passed, ${tests.failed} failed`;
}
