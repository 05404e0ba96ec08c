import type { Refusal } from "../../core/tracker/refusal.ts";
import { isTrusted } from "../../core/tracker/trust.ts";
import type { Issue } from "../../core/tracker.ts";
import { visibleText } from "../../platform/visible-text.ts";
import type { LookDeps } from "./deps.ts";
import { sha256 } from "./issue-text.ts";

/** Somebody trusted who set the labels, or why the issue is left alone. */
export type Admission =
  | { readonly type: "admitted"; readonly by: { readonly id: string; readonly name: string } }
  | ({ readonly type: "refused" } & Refusal);

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
  if (stranger !== undefined) return { type: "refused", ...stranger };
  let by = { id: "", name: "" };
  for (const label of config.requiredLabels) {
    const setter = await tracker.labelSetter(issue.id, label, signal);
    if (setter === null || !isTrusted(setter, config.trust)) {
      const asked = { standing: standingAs(issue, config), at: new Date().toISOString() };
      return { type: "refused", reason: `Nobody who is trusted has set the label "${label}".`, asked };
    }
    by = { id: setter.id, name: setter.name };
  }
  return { type: "admitted", by: { id: by.id, name: visibleText(by.name).slice(0, 60) || by.id } };
}

/** What can be said against an issue without asking its tracker. */
export function strangeAuthor({ author }: Issue, trust: LookDeps["config"]["trust"]): Refusal | undefined {
  return isTrusted(author, trust) ? undefined : { reason: "Its author is not trusted." };
}

/** Leaves an issue alone for now, and says so in the log once. */
export async function leaveAlone(
  { claims, log }: LookDeps,
  issue: Issue,
  { reason, asked }: Refusal,
  before: Refusal | undefined,
): Promise<void> {
  if (before?.reason !== reason) log.warn({ issue: issue.identifier, reason }, "an issue is left alone");
  if (before?.reason !== reason || asked !== undefined)
    await claims.refuse(issue.id, { reason, ...(asked && { asked }) });
}

/** What somebody is to a project may change, and no issue shows it. */
const holdsForMs = 3_600_000;

/**
 * Whether the tracker need not be asked again about an issue: neither the issue nor whom we trust has changed since, and
 * that is not long ago. What costs no request, who its author is, is looked at each time.
 */
export function isStillRefused(issue: Issue, config: LookDeps["config"], refusal: Refusal | undefined): boolean {
  if (refusal?.asked === undefined || issue.updatedAt === null) return false;
  const { standing, at } = refusal.asked;
  return standing === standingAs(issue, config) && Date.now() - Date.parse(at) < holdsForMs;
}

function standingAs({ updatedAt }: Issue, { trust, requiredLabels }: LookDeps["config"]): string {
  return sha256(JSON.stringify([updatedAt, trust.associations, trust.users, requiredLabels]));
}
