import { z } from "zod";
import type { TrackerUser } from "../../../core/tracker.ts";
import { instantOf, isWanted, labelsOf, priorityByLabel, type ReadRecord, spelledLabels } from "../normalise.ts";
import type { GitLabSettings } from "./settings.ts";

/** Source of these shapes: GitLab's REST API, "Issues", "Notes", "Issue links". What may be missing never fails. */
export const GitLabUser = z.object({ id: z.number().int(), username: z.string().min(1) });
export const optionalUser = GitLabUser.nullable().catch(null);

const optionalText = z.string().nullable().catch(null);

const GitLabIssue = z.object({
  iid: z.number().int().positive(),
  title: z.string(),
  state: z.string(),
  description: optionalText,
  web_url: optionalText,
  author: optionalUser,
  assignees: z.array(GitLabUser).catch([]),
  labels: z.array(z.unknown()).catch([]),
  created_at: optionalText,
  updated_at: optionalText,
});

export const GitLabLink = z.object({
  iid: z.number().int(),
  link_type: z.string(),
  state: z.string(),
  references: z.object({ full: z.string() }),
});
export type GitLabLink = z.infer<typeof GitLabLink>;

export interface IssueContext {
  readonly settings: GitLabSettings;
  readonly assignee: string | undefined;
  readonly associationOf: (userId: number) => string | null;
  /** Of an issue that was asked for by number; a list does not tell. */
  readonly links?: readonly GitLabLink[];
}

export function recordReader({ settings, assignee, associationOf, links = [] }: IssueContext): ReadRecord {
  return (record) => {
    const issue = GitLabIssue.parse(record);
    const spelled = spelledLabels(issue.labels);
    const labels = labelsOf(spelled);
    const assigned = issue.assignees.map((user) => userOf(user, null));
    const mine = assigned.find((user) => isWanted(assignee, user));
    const blockers = links.filter((link) => link.link_type === "is_blocked_by");
    return {
      id: String(issue.iid),
      nativeRef: { project: settings.project, iid: issue.iid },
      identifier: `GL-${issue.iid}`,
      title: issue.title,
      description: issue.description,
      priority: priorityByLabel(labels, settings.priorityLabels),
      state: settings.workflow.stateOf({ state: issue.state, labels: spelled }),
      branchName: null,
      url: issue.web_url,
      author: issue.author && userOf(issue.author, associationOf(issue.author.id)),
      assigneeId: (mine ?? assigned[0])?.id ?? null,
      labels,
      blockedBy: blockers.map((it) => blockerOf(it, settings)),
      dispatchable: blockers.every(({ state }) => state === "closed") && (assignee === undefined || mine !== undefined),
      createdAt: instantOf(issue.created_at),
      updatedAt: instantOf(issue.updated_at),
    };
  };
}

/** Of a record that may be malformed. */
export function authorIdOf(record: unknown): number | undefined {
  return z.object({ author: GitLabUser }).safeParse(record).data?.author.id;
}

export function userOf({ id, username }: z.infer<typeof GitLabUser>, association: string | null): TrackerUser {
  return { id: String(id), name: username, association };
}

function blockerOf({ iid, state, references }: GitLabLink, { project }: GitLabSettings) {
  const isHere = references.full.toLowerCase() === `${project}#${iid}`.toLowerCase();
  return {
    id: isHere ? String(iid) : references.full,
    identifier: isHere ? `GL-${iid}` : references.full,
    state,
  };
}
