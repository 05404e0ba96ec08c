import type { TrackerWorld, WorldComment, WorldIssue, WorldUser } from "./world.ts";

export function jiraId({ number }: WorldIssue): string {
  return String(10_000 + number);
}

export function jiraAccountId({ id }: { readonly id: number }): string {
  return `557058:${id}`;
}

export function jiraUser(user: WorldUser) {
  return { accountId: jiraAccountId(user), accountType: "atlassian", displayName: user.login, active: true };
}

export function placeIn(name: string) {
  const categories: Readonly<Record<string, string>> = { "To Do": "new", "In Progress": "indeterminate", Done: "done" };
  const key = categories[name] ?? "undefined";
  return { id: "1", name, statusCategory: { id: 2, key, name } };
}

/** The fields asked for, and no other. */
export function jiraIssue(world: TrackerWorld, issue: WorldIssue, fields: readonly string[]): object {
  const all: Readonly<Record<string, unknown>> = {
    ...{ summary: issue.title, description: issue.body, labels: issue.labels, status: placeIn(issue.state) },
    priority:
      issue.priority === null ? null : { id: "1", name: ["", "Highest", "High", "Medium", "Low"][issue.priority] },
    creator: issue.author && jiraUser(issue.author),
    assignee: issue.assignee && jiraUser(issue.assignee),
    created: jiraTime(issue.createdAt),
    updated: jiraTime(issue.updatedAt),
    issuelinks: issue.blockedBy.flatMap((number) => world.issues.get(number) ?? []).map(linkShape),
    ...(issue.broken === "title" && { summary: null }),
    ...(issue.broken === "metadata" && { creator: "ann", assignee: 3, labels: 7, created: "soon", priority: "high" }),
  };
  const given = Object.entries(all).filter(([name]) => fields.includes(name));
  return { id: jiraId(issue), key: `SHOP-${issue.number}`, self: "https://acme", fields: Object.fromEntries(given) };
}

export function jiraComment({ id, body, author, createdAt, updatedAt }: WorldComment) {
  const times = { created: jiraTime(createdAt), updated: jiraTime(updatedAt) };
  return { id: String(id), body, author: jiraUser(author), updateAuthor: jiraUser(author), ...times };
}

function linkShape(issue: WorldIssue) {
  const type = { id: "1", name: "Blocks", inward: "is blocked by", outward: "blocks" };
  const fields = { summary: issue.title, status: placeIn(issue.state) };
  return { id: jiraId(issue), type, inwardIssue: { id: jiraId(issue), key: `SHOP-${issue.number}`, fields } };
}

/** Jira's times have fractions and an offset without a colon. */
function jiraTime(time: string): string {
  return new Date(Date.parse(time) + 2 * 3_600_000).toISOString().replace("Z", "+0200");
}
