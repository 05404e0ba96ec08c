import { z } from "zod";
import type { TrackerUser } from "../../../core/tracker.ts";
import { folded, instantOf, isWanted, labelsOf, type ReadRecord } from "../normalise.ts";
import type { JiraSettings } from "./settings.ts";

/** Source of these shapes: Jira Cloud's REST API, version 2. What may be missing never fails. */
export const JiraUser = z.object({ accountId: z.string().min(1), displayName: z.string() });
export const optionalUser = JiraUser.nullable().catch(null);

const optionalText = z.string().nullable().catch(null);
const Status = z.object({ name: z.string(), statusCategory: z.object({ key: z.string() }) });
const Link = z.object({
  type: z.object({ name: z.string() }),
  inwardIssue: z.object({ id: z.string(), key: z.string(), fields: z.object({ status: Status }) }).optional(),
});

const JiraIssue = z.object({
  id: z.string(),
  key: z.string(),
  fields: z.object({
    summary: z.string(),
    status: Status,
    description: optionalText,
    priority: z.object({ name: z.string() }).nullable().catch(null),
    labels: z.array(z.unknown()).catch([]),
    creator: optionalUser,
    assignee: optionalUser,
    created: optionalText,
    updated: optionalText,
    /** Never guessed: an issue whose blockers cannot be read is malformed. */
    issuelinks: z.array(Link).nullish(),
  }),
});

/** The fields that are read, and asked for. */
export const issueFields = Object.keys(JiraIssue.shape.fields.shape);

export function recordReader(settings: JiraSettings, assignee: string | undefined): ReadRecord {
  return (record) => {
    const { id, key, fields } = JiraIssue.parse(record);
    const links = (fields.issuelinks ?? []).filter(({ type }) => folded(type.name) === "blocks");
    const blockers = links.flatMap(({ inwardIssue }) => inwardIssue ?? []);
    return {
      id,
      nativeRef: { project: settings.project, key },
      identifier: key,
      title: fields.summary,
      description: fields.description,
      priority: fields.priority && priorityOf(fields.priority.name, settings),
      state: fields.status.name,
      branchName: null,
      url: `${settings.siteUrl}/browse/${key}`,
      author: fields.creator && userOf(fields.creator),
      assigneeId: fields.assignee?.accountId ?? null,
      labels: labelsOf(fields.labels),
      blockedBy: blockers.map((it) => ({ id: it.id, identifier: it.key, state: it.fields.status.name })),
      dispatchable:
        isWanted(assignee, fields.assignee && userOf(fields.assignee)) &&
        (fields.status.statusCategory.key !== "new" || blockers.every((it) => isOver(it.fields.status, settings))),
      createdAt: instantOf(fields.created),
      updatedAt: instantOf(fields.updated),
    };
  };
}

/** Jira tells nobody what a person is to a project. */
export function userOf({ accountId, displayName }: z.infer<typeof JiraUser>): TrackerUser {
  return { id: accountId, name: displayName, association: null };
}

function priorityOf(name: string, { priorities }: JiraSettings): number | null {
  return Object.hasOwn(priorities, folded(name)) ? (priorities[folded(name)] ?? null) : null;
}

function isOver({ name, statusCategory }: z.infer<typeof Status>, { terminalStates }: JiraSettings): boolean {
  return statusCategory.key === "done" || terminalStates.has(folded(name));
}
