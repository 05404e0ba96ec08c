import { isTrusted } from "../../core/tracker/trust.ts";
import type { Issue } from "../../core/tracker.ts";
import { visibleText } from "../../platform/visible-text.ts";
import type { LookDeps } from "./deps.ts";

/** Somebody trusted who set the labels, or why the issue is left alone. */
export type Admission =
  | { readonly type: "admitted"; readonly by: { readonly id: string; readonly name: string } }
  | { readonly type: "refused"; readonly reason: string };

/**
 * Whether an issue may become a job: its author is trusted, and whoever set each of the required labels. It is asked only
 * of issues that would be taken now, because it costs a request for each label.
 */
export async function admissionOf(
  { tracker, config }: LookDeps,
  issue: Issue,
  signal: AbortSignal,
): Promise<Admission> {
  const stranger = strangeAuthor(issue, config.trust);
  if (stranger !== undefined) return { type: "refused", reason: stranger };
  let by = { id: "", name: "" };
  for (const label of config.requiredLabels) {
    const setter = await tracker.labelSetter(issue.id, label, signal);
    if (setter === null || !isTrusted(setter, config.trust))
      return { type: "refused", reason: `Nobody who is trusted has set the label "${label}".` };
    by = { id: setter.id, name: setter.name };
  }
  return { type: "admitted", by: { id: by.id, name: visibleText(by.name).slice(0, 60) || by.id } };
}

/** What can be said against an issue without asking its tracker. */
export function strangeAuthor({ author }: Issue, trust: LookDeps["config"]["trust"]): string | undefined {
  return isTrusted(author, trust) ? undefined : "Its author is not trusted.";
}

/** Leaves an issue alone until it changes, and says so in the log once. */
export async function leaveAlone(
  { claims, log }: LookDeps,
  issue: Issue,
  reason: string,
  refusals: ReadonlyMap<string, string>,
): Promise<void> {
  const standing = refusedAs(issue, reason);
  const before = refusals.get(issue.id);
  if (before === standing) return;
  await claims.refuse(issue.id, standing);
  if (before?.endsWith(reason) !== true) log.warn({ issue: issue.identifier, reason }, "an issue is left alone");
}

/** Whether it was refused as it stands now. */
export function isRefused(issue: Issue, refusals: ReadonlyMap<string, string>): boolean {
  return issue.updatedAt !== null && refusals.get(issue.id)?.startsWith(`${issue.updatedAt} `) === true;
}

function refusedAs({ updatedAt }: Issue, reason: string): string {
  return `${updatedAt ?? "unknown"} ${reason}`;
}
