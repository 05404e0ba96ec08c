import { robot, type TrackerWorld, type WorldComment, type WorldIssue, type WorldUser } from "./world.ts";

const stateTypes: Readonly<Record<string, string>> = {
  Todo: "unstarted",
  "In Progress": "started",
  "In Review": "started",
  Done: "completed",
};

export function linearId(kind: "issue" | "user" | "comment", number: number): string {
  const first = { issue: "1", user: "2", comment: "3" }[kind];
  return `${first.repeat(8)}-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

interface PageArguments {
  readonly first?: number;
  readonly after?: string;
}

interface ListArguments extends PageArguments {
  readonly filter?: object;
  readonly orderBy?: string;
}

/** Linear's queries and mutations over a world; what a field is asked for beyond this, its schema refuses. */
export function linearRoot(world: TrackerWorld) {
  const labels = new Map<string, string>();
  const labelId = (name: string) => `label-${name.trim().toLowerCase()}`;
  const find = (id: string) => world.visible().find(({ number }) => linearId("issue", number) === id);
  const issueOrFail = (id: string) => {
    const issue = find(id);
    if (issue === undefined) throw new Error(`Entity not found: Issue - Could not find ${id}`);
    return issue;
  };

  const issue = (it: WorldIssue): object => ({
    ...{ id: linearId("issue", it.number), identifier: `SHOP-${it.number}`, title: it.title, description: it.body },
    ...{
      priority: it.priority ?? 0,
      branchName: `ann/shop-${it.number}`,
      createdAt: it.createdAt,
      updatedAt: it.updatedAt,
    },
    url: `https://linear.app/acme/issue/SHOP-${it.number}`,
    state: state(it.state),
    team: { id: "team-shop", states: () => ({ nodes: Object.keys(stateTypes).map(state) }) },
    creator: it.author && user(it.author),
    assignee: it.assignee && user(it.assignee),
    labels: (page: PageArguments) => connection(it.labels.map(label), page),
    inverseRelations: (page: PageArguments) =>
      connection(
        it.blockedBy
          .flatMap((number) => world.issues.get(number) ?? [])
          .map((by) => ({ type: "blocks", issue: issue(by) })),
        page,
      ),
    history: (page: PageArguments) => connection(it.labelEvents.map(historyEntry).reverse(), page),
  });
  const label = (name: string) => ({ id: labelId(name), name, team: null });
  const historyEntry = ({ label: name, by, isSet, at }: WorldIssue["labelEvents"][number]) => ({
    createdAt: at,
    actor: user(by),
    ...{ addedLabelIds: isSet ? [labelId(name)] : null, removedLabelIds: isSet ? null : [labelId(name)] },
  });

  return {
    viewer: user(robot),
    issue: ({ id }: { id: string }) => issue(issueOrFail(id)),
    issues: ({ filter = {}, orderBy, ...page }: ListArguments) => {
      const key = orderBy === "updatedAt" ? "updatedAt" : "createdAt";
      const found = world.visible().filter((it) => fits(shapeOf(it), filter));
      return connection(found.toSorted((a, b) => b[key].localeCompare(a[key])).map(issue), page);
    },
    comments: ({ filter = {}, ...page }: ListArguments) => {
      const found = world.comments.filter((it) => fits(commentShape(it), filter));
      return connection(found.toReversed().map(comment), page);
    },
    issueLabels: ({ filter = {}, ...page }: ListArguments) => {
      const names = new Set([...labels.values(), ...world.visible().flatMap((it) => it.labels)]);
      return connection(
        [...names].map(label).filter((it) => fits(it, filter)),
        page,
      );
    },
    issueUpdate: ({ id, input }: { id: string; input: IssueUpdate }) => {
      const target = issueOrFail(id);
      if (input.stateId) world.change(target, { state: input.stateId.replace(/^state-/, "") });
      for (const added of input.addedLabelIds ?? []) world.setLabel(target, labels.get(added) ?? added.slice(6), robot);
      for (const removed of input.removedLabelIds ?? []) world.takeLabel(target, removed.slice(6), robot);
      return { success: true };
    },
    issueLabelCreate: ({ input: { name } }: { input: { name: string } }) => {
      labels.set(labelId(name), name);
      return { success: true, issueLabel: label(name) };
    },
    commentCreate: ({ input: { issueId, body } }: { input: { issueId: string; body: string } }) => ({
      success: true,
      comment: comment(world.comment(issueOrFail(issueId), body, robot)),
    }),
    commentUpdate: ({ id, input }: { id: string; input: { body: string } }) => {
      const target = world.comments.find((it) => linearId("comment", it.id) === id);
      if (target === undefined) throw new Error("Entity not found: Comment");
      world.editComment(target, input.body);
      return { success: true, comment: comment(target) };
    },
  };
}

interface IssueUpdate {
  readonly stateId?: string;
  readonly addedLabelIds?: string[];
  readonly removedLabelIds?: string[];
}

function user({ id, login, association }: WorldUser) {
  const isAdmin = association === "OWNER";
  return { id: linearId("user", id), displayName: login, admin: isAdmin, guest: association === "NONE", owner: false };
}

function state(name: string) {
  return { id: `state-${name}`, name, type: stateTypes[name] ?? "backlog" };
}

function comment({ id, body, createdAt, updatedAt, author }: WorldComment) {
  return { id: linearId("comment", id), body, createdAt, updatedAt, user: user(author) };
}

function shapeOf({ number, state: name, labels }: WorldIssue) {
  return {
    id: linearId("issue", number),
    team: { key: "SHOP" },
    state: { name },
    labels: labels.map((it) => ({ name: it })),
  };
}

function commentShape({ issue, updatedAt }: WorldComment) {
  return { issue: { id: linearId("issue", issue) }, updatedAt };
}

/** Relay's connection: the cursor is the index of the last node. */
function connection<Node>(all: readonly Node[], { first = 50, after }: PageArguments) {
  const start = after === undefined ? 0 : Number(after.replace("cursor-", "")) + 1;
  const nodes = all.slice(start, start + first);
  const hasNextPage = start + first < all.length;
  return {
    nodes,
    pageInfo: { hasNextPage, endCursor: nodes.length === 0 ? null : `cursor-${start + nodes.length - 1}` },
  };
}

/** Linear's filters: every key must fit; a comparator compares, a filter of a collection wants one that fits. */
function fits(value: unknown, filter: object): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    if (key === "and") return (wanted as object[]).every((it) => fits(value, it));
    if (key === "or") return (wanted as object[]).some((it) => fits(value, it));
    if (key === "eq") return value === wanted;
    if (key === "eqIgnoreCase") return String(value).toLowerCase() === String(wanted).toLowerCase();
    if (key === "in") return (wanted as unknown[]).includes(value);
    if (key === "gt") return Date.parse(String(value)) > Date.parse(String(wanted));
    const inner = (value as Record<string, unknown>)[key];
    return Array.isArray(inner) ? inner.some((it) => fits(it, wanted as object)) : fits(inner, wanted as object);
  });
}
