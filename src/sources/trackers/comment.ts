import { formatDuration } from "../../core/duration.ts";
import { isTerminal, type JobState, pendingApprovals } from "../../core/job.ts";
import type { CheckResult } from "../../core/measurement.ts";
import type { Claim } from "../../core/tracker/claim.ts";
import { inlineCode, tableRow } from "./markdown.ts";

/** By this our comment is found again when we forgot its id. */
export const commentMark = "<!-- chargehand -->";

/**
 * Our one comment on an issue, as it reads now. It changes only when there is something to tell, and says nothing of
 * what is asked on the phone: an issue may be read by anybody.
 */
export function renderComment(claim: Claim, job: JobState | undefined): string {
  return [commentMark, ...paragraphs(claim, job)].join("\n\n").concat("\n");
}

function paragraphs(claim: Claim, job: JobState | undefined): string[] {
  const which = claim.jobId === undefined ? "" : ` Job \`${claim.jobId}\`.`;
  if (claim.status === "retry_queued") {
    const when = claim.dueAt === undefined ? "later" : `at ${claim.dueAt.slice(11, 19)} UTC`;
    return [`**Chargehand tries this again ${when}.**${which}`, reasonOf(claim.reason)];
  }
  if (job === undefined) {
    return claim.reason === undefined
      ? [`**Chargehand has taken this.**${which}`]
      : ["**Chargehand hands this over to you.**", reasonOf(claim.reason)];
  }
  if (!isTerminal(job.status)) return [`**${working(job)}**${which}`];
  const handedOver = claim.reason !== undefined && claim.reason !== job.reason ? [reasonOf(claim.reason)] : [];
  return [`**${ended(job)}**${which}`, ...(job.reason ? [reasonOf(job.reason)] : handedOver), ...evidence(job)];
}

function reasonOf(reason: string | undefined): string {
  return `Because: ${inlineCode(reason ?? "", 600)}`;
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
function evidence(job: JobState): string[] {
  if (job.candidate === undefined) return [];
  const { files, insertions, deletions } = job.candidate.stat;
  const scope = job.judgement?.verdict === "accept" ? "within scope, no secret found" : "see the reasons";
  const facts = [
    tableRow("verdict", job.judgement?.verdict ?? "none"),
    tableRow("changes", `${files} ${files === 1 ? "file" : "files"}, +${insertions} −${deletions}; ${scope}`),
    tableRow("attempts", `${job.iteration} of ${job.maxIterations}`),
    tableRow("time", formatDuration(Date.parse(job.endedAt ?? job.updatedAt) - Date.parse(job.queuedAt))),
    tableRow("cost", cost(job)),
    ...(job.mergedCommit === undefined ? [] : [tableRow("merged as", `\`${job.mergedCommit.slice(0, 12)}\``)]),
  ];
  const reasons = (job.judgement?.reasons ?? []).filter((reason) => !job.reason?.includes(reason));
  return [
    [tableRow("", ""), tableRow("---", "---"), ...facts].join("\n"),
    ...checks(job.checks),
    ...(reasons.length === 0
      ? []
      : [
          reasons
            .slice(0, 10)
            .map((reason) => `- ${inlineCode(reason, 300)}`)
            .join("\n"),
        ]),
    ...(job.outdated ? ["Work went on after the last checks."] : []),
  ];
}

function cost({ spent }: JobState): string {
  const tokens = `${spent.inputTokens + spent.outputTokens} tokens`;
  return spent.usd > 0 ? `${tokens}, ${spent.usd.toFixed(2)} USD` : tokens;
}

function checks(ran: readonly CheckResult[]): string[] {
  if (ran.length === 0) return [];
  const rows = ran.map((check) =>
    tableRow(inlineCode(check.label, 60), before(check), after(check), formatDuration(check.durationMs)),
  );
  return [[tableRow("check", "before", "after", "time"), tableRow("---", "---", "---", "---"), ...rows].join("\n")];
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
