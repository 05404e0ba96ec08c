import type { IssueChange } from "../../../core/tracker.ts";
import { labelsOf } from "../normalise.ts";
import type { GitHubClient } from "./client.ts";
import { labelNames } from "./record.ts";
import type { GitHubSettings } from "./settings.ts";

const issuePath = "/repos/{owner}/{repo}/issues/{issue_number}";

/**
 * The new label is set before the old one goes, and labels go one by one, so that what a person does at the same moment
 * stays.
 */
export async function changeIssue(
  client: GitHubClient,
  { workflow }: GitHubSettings,
  issueNumber: number,
  change: IssueChange,
  signal: AbortSignal,
): Promise<void> {
  const issue = { issue_number: issueNumber };
  const { data } = await client.get(issuePath, issue, signal);
  const current = Object(data) as { state?: unknown; labels?: unknown };
  const steps = workflow.stepsFor(change, {
    state: String(current.state),
    labels: labelsOf(labelNames(Array.isArray(current.labels) ? current.labels : [])),
  });
  if (steps.add.length > 0) await client.send(`POST ${issuePath}/labels`, { ...issue, labels: steps.add }, signal);
  if (steps.state !== undefined) await client.send(`PATCH ${issuePath}`, { ...issue, state: steps.state }, signal);
  for (const name of steps.remove) {
    // Not there any more is what was wanted.
    await client.send(`DELETE ${issuePath}/labels/{name}`, { ...issue, name }, signal, [404]);
  }
}
