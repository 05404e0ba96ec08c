import { z } from "zod";
import type { TrackerUser } from "../../../core/tracker.ts";
import { folded, instantOf, isWanted, labelsOf, priorityByLabel, type ReadRecord } from "../normalise.ts";
import { Instant } from "../read-answer.ts";
import type { GitHubSettings } from "./settings.ts";

/** Source of these shapes: GitHub's OpenAPI description, API version 2022-11-28. What may be missing never fails. */
export const GitHubUser = z.object({ id: z.number().int(), login: z.string().min(1) });

const optionalText = z.string().nullable().catch(null);
const optionalUser = GitHubUser.nullable().catch(null);

const GitHubIssue = z.object({
  number: z.number().int().positive(),
  title: z.string(),
  state: z.enum(["open", "closed"]),
  body: optionalText,
  html_url: optionalText,
  user: optionalUser,
  author_association: optionalText,
  assignees: z.array(GitHubUser).catch([]),
  labels: z.array(z.unknown()).catch([]),
  created_at: optionalText,
  updated_at: optionalText,
  pull_request: z.unknown().optional(),
  issue_dependencies_summary: z.object({ blocked_by: z.number() }).optional().catch(undefined),
});

export const GitHubComment = z.object({
  id: z.number().int(),
  body: z.string().nullish(),
  user: optionalUser,
  author_association: optionalText,
  created_at: Instant,
  updated_at: Instant,
});

export const GitHubBlocker = z.object({ number: z.number().int(), state: z.string(), repository_url: z.string() });
export type GitHubBlocker = z.infer<typeof GitHubBlocker>;

export interface IssueContext {
  readonly settings: GitHubSettings;
  /** Who "me" is, where the settings say so. */
  readonly assignee: string | undefined;
  /** Of an issue that was asked for by number; a list tells only whether there are any. */
  readonly blockers?: readonly GitHubBlocker[];
}

export function recordReader(context: IssueContext): ReadRecord {
  return (record) => {
    const issue = GitHubIssue.parse(record);
    const { settings, blockers = [] } = context;
    const labels = labelsOf(labelNames(issue.labels));
    const assigned = issue.assignees.map((user) => userOf(user, null));
    const mine = assigned.find((user) => isWanted(context.assignee, user));
    return {
      id: String(issue.number),
      nativeRef: { repository: settings.repository, number: issue.number },
      identifier: `GH-${issue.number}`,
      title: issue.title,
      description: issue.body,
      priority: priorityByLabel(labels, settings.priorityLabels),
      state: settings.workflow.stateOf({ state: issue.state, labels }),
      branchName: null,
      url: issue.html_url,
      author: issue.user && userOf(issue.user, issue.author_association),
      assigneeId: (mine ?? assigned[0])?.id ?? null,
      labels,
      blockedBy: blockers.map((it) => blockerOf(it, settings)),
      dispatchable:
        issue.pull_request === undefined &&
        !isBlocked(issue.issue_dependencies_summary?.blocked_by ?? 0, context.blockers) &&
        (context.assignee === undefined || mine !== undefined),
      createdAt: instantOf(issue.created_at),
      updatedAt: instantOf(issue.updated_at),
    };
  };
}

export function userOf({ id, login }: z.infer<typeof GitHubUser>, association: string | null): TrackerUser {
  return { id: String(id), name: login, association: association === null ? null : folded(association) };
}

/** A label is an object, or, as the description also allows, just its name. */
export function labelNames(labels: readonly unknown[]): unknown[] {
  return labels.map((label) => (typeof label === "string" ? label : (Object(label) as { name?: unknown }).name));
}

function isBlocked(openBlockers: number, known: readonly GitHubBlocker[] | undefined): boolean {
  return known === undefined ? openBlockers > 0 : known.some(({ state }) => state !== "closed");
}

function blockerOf({ number, state, repository_url }: GitHubBlocker, { repository }: GitHubSettings) {
  const elsewhere = repository_url.split("/").slice(-2).join("/");
  const isHere = folded(elsewhere) === folded(repository);
  return {
    id: isHere ? String(number) : `${elsewhere}#${number}`,
    identifier: isHere ? `GH-${number}` : `${elsewhere}#${number}`,
    state,
  };
}
