import { z } from "zod";
import type { TrackerUser } from "../../../core/tracker.ts";
import { folded, instantOf, isWanted, labelsOf, type ReadRecord } from "../normalise.ts";
import { connectionOf } from "./client.ts";
import type { LinearSettings } from "./settings.ts";

/** Source of these shapes: Linear's published schema. What may be missing never fails. */
export const LinearUser = z.object({
  id: z.string().min(1),
  displayName: z.string(),
  admin: z.boolean().optional(),
  guest: z.boolean().optional(),
  owner: z.boolean().optional(),
});

const optionalText = z.string().nullable().catch(null);
export const optionalUser = LinearUser.nullable().catch(null);
const State = z.object({ name: z.string(), type: z.string() });
const Relation = z.object({
  type: z.string(),
  issue: z.object({ id: z.string(), identifier: z.string(), state: State }),
});

const LinearIssue = z.object({
  id: z.string(),
  identifier: z.string(),
  title: z.string(),
  state: State,
  description: optionalText,
  priority: z.number().nullable().catch(null),
  branchName: optionalText,
  url: optionalText,
  createdAt: optionalText,
  updatedAt: optionalText,
  creator: optionalUser,
  assignee: optionalUser,
  labels: connectionOf(z.object({ name: z.unknown() })).catch({ nodes: [], pageInfo: { hasNextPage: false } }),
  /** Never guessed: an issue whose blockers cannot be read is malformed. */
  inverseRelations: connectionOf(Relation),
});

export function recordReader(settings: LinearSettings, assignee: string | undefined): ReadRecord {
  return (record) => {
    const issue = LinearIssue.parse(record);
    const blockers = issue.inverseRelations.nodes.filter(({ type }) => type === "blocks").map((it) => it.issue);
    return {
      id: issue.id,
      nativeRef: { team: settings.team, identifier: issue.identifier },
      identifier: issue.identifier,
      title: issue.title,
      description: issue.description,
      priority: issue.priority !== null && urgencies.has(issue.priority) ? issue.priority : null,
      state: issue.state.name,
      branchName: issue.branchName,
      url: issue.url,
      author: issue.creator && userOf(issue.creator),
      assigneeId: issue.assignee?.id ?? null,
      labels: labelsOf(issue.labels.nodes.map(({ name }) => name)),
      blockedBy: blockers.map(({ id, identifier, state }) => ({ id, identifier, state: state.name })),
      dispatchable:
        isWanted(assignee, issue.assignee && userOf(issue.assignee)) &&
        (hasBegun(issue.state) ||
          (!issue.inverseRelations.pageInfo.hasNextPage && blockers.every(({ state }) => isOver(state, settings)))),
      createdAt: instantOf(issue.createdAt),
      updatedAt: instantOf(issue.updatedAt),
    };
  };
}

export function userOf({ id, displayName, admin, guest, owner }: z.infer<typeof LinearUser>): TrackerUser {
  const association = owner ? "owner" : admin ? "admin" : guest ? "guest" : "member";
  return { id, name: displayName, association };
}

/** 0 is none. */
const urgencies = new Set([1, 2, 3, 4]);

/** Blockers hold back what nobody has begun. The types are Linear's. */
function hasBegun({ type }: z.infer<typeof State>): boolean {
  return type === "started" || overTypes.has(type);
}

const overTypes = new Set(["completed", "canceled", "duplicate"]);

function isOver({ name, type }: z.infer<typeof State>, { terminalStates }: LinearSettings): boolean {
  return overTypes.has(type) || terminalStates.has(folded(name));
}
