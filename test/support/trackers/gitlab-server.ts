import { z } from "zod";
import { answerBy, type Route } from "./routes.ts";
import { type Call, type Reply, StrictServer } from "./strict-server.ts";
import { robot, type TrackerWorld, type WorldComment, type WorldIssue, type WorldUser } from "./world.ts";

/**
 * The project acme/shop behind GitLab's REST API, after its documentation as of 18.x: "Issues API", "Notes API", "Issue links
 * API", "Resource label events API", "Project members API", "Users API", and "REST API: pagination".
 */
export async function startGitLab(world: TrackerWorld, token: string): Promise<StrictServer> {
  const routes = routesOf(world);
  const server: StrictServer = new StrictServer((call) => {
    if (call.headers["private-token"] !== token) return { status: 401, body: { message: "401 Unauthorized" } };
    return answerBy(routes, ["private-token"], server, call);
  });
  await server.start();
  return server;
}

const project = "/api/v4/projects/acme%2Fshop";
const number = /^\d+$/;
const paging = { per_page: /^([1-9]\d?|100)$/, page: number };
const order = { order_by: /^(created_at|updated_at)$/, sort: /^(asc|desc)$/ };

function routesOf(world: TrackerWorld): Route[] {
  const at = (path: string) => new RegExp(`^${project}${path}$`);
  const issueAt = (rest: string) => at(`/issues/(?<iid>[^/]+)${rest}`);
  const withIssue = (iid: string | undefined, answer: (issue: WorldIssue) => Reply): Reply => {
    const issue = world.find(Number(iid));
    return issue === undefined ? { status: 404, body: { message: "404 Issue Not Found" } } : answer(issue);
  };
  const noted = z.strictObject({ body: z.string().min(1) });
  return [
    {
      method: "GET",
      path: at("/issues"),
      query: {
        ...{ ...paging, ...order, state: /^(all|opened|closed)$/, labels: /./, "iids[]": number },
        ...{ assignee_username: /./, author_username: /./, milestone: /./, issue_type: /./ },
      },
      answer: (call) => paged(call, listed(world, call.query).map(issueShape)),
    },
    {
      ...{ method: "GET", path: issueAt("") },
      answer: (_, { iid }) => withIssue(iid, (issue) => ok(issueShape(issue))),
    },
    {
      ...{ method: "PUT", path: issueAt("") },
      body: z
        .strictObject({ state_event: z.enum(["close", "reopen"]), add_labels: z.string(), remove_labels: z.string() })
        .partial(),
      answer: ({ body }, { iid }) => withIssue(iid, (issue) => ok(issueShape(updated(world, issue, body as Update)))),
    },
    {
      ...{ method: "GET", path: issueAt("/links") },
      answer: (_, { iid }) =>
        withIssue(iid, ({ blockedBy }) => ok(blockedBy.flatMap((it) => world.issues.get(it) ?? []).map(linkShape))),
    },
    {
      ...{ method: "GET", path: issueAt("/resource_label_events"), query: paging },
      answer: (call, { iid }) => withIssue(iid, (issue) => paged(call, issue.labelEvents.map(eventShape))),
    },
    {
      ...{ method: "GET", path: issueAt("/notes") },
      query: { ...paging, ...order, activity_filter: /^(only_comments|all_notes|only_activity)$/ },
      answer: (call, { iid }) =>
        withIssue(iid, (issue) => paged(call, sorted(world.commentsOf(issue), call).map(noteShape))),
    },
    {
      ...{ method: "POST", path: issueAt("/notes"), body: noted },
      answer: ({ body }, { iid }) =>
        withIssue(iid, (issue) => ({
          status: 201,
          body: noteShape(world.comment(issue, noted.parse(body).body, robot)),
        })),
    },
    {
      ...{ method: "PUT", path: issueAt("/notes/(?<note>\\d+)"), body: noted },
      answer: ({ body }, { note }) => {
        const comment = world.comments.find(({ id }) => String(id) === note);
        if (comment === undefined) return { status: 404, body: { message: "404 Not found" } };
        world.editComment(comment, noted.parse(body).body);
        return ok(noteShape(comment));
      },
    },
    {
      ...{ method: "GET", path: at("/members/all"), query: { ...paging, "user_ids[]": number } },
      answer: (call) => {
        const wanted = call.query.getAll("user_ids[]");
        const users = world.users.filter(({ id }) => wanted.length === 0 || wanted.includes(String(id)));
        return paged(call, users.flatMap(memberShape));
      },
    },
    { method: "GET", path: /^\/api\/v4\/user$/, answer: () => ok(userShape(robot)) },
  ];
}

interface Update {
  readonly state_event?: string;
  readonly add_labels?: string;
  readonly remove_labels?: string;
}

function updated(world: TrackerWorld, issue: WorldIssue, { state_event, add_labels, remove_labels }: Update) {
  for (const label of add_labels?.split(",") ?? []) world.setLabel(issue, label, robot);
  for (const label of remove_labels?.split(",") ?? []) world.takeLabel(issue, label, robot);
  if (state_event !== undefined) world.change(issue, { state: state_event === "close" ? "closed" : "opened" });
  return issue;
}

function listed(world: TrackerWorld, query: URLSearchParams): WorldIssue[] {
  const state = query.get("state") ?? "all";
  const iids = query.getAll("iids[]");
  const labels = query.get("labels")?.split(",") ?? [];
  const found = world
    .visible()
    .filter((it) => state === "all" || it.state === state)
    .filter((it) => iids.length === 0 || iids.includes(String(it.number)))
    .filter((it) => labels.every((label) => it.labels.includes(label)));
  const key = query.get("order_by") === "updated_at" ? "updatedAt" : "createdAt";
  const ascending = found.toSorted((a, b) => a[key].localeCompare(b[key]));
  return query.get("sort") === "asc" ? ascending : ascending.reverse();
}

function sorted(comments: WorldComment[], { query }: Call): WorldComment[] {
  const key = query.get("order_by") === "updated_at" ? "updatedAt" : "createdAt";
  const ascending = comments.toSorted((a, b) => a[key].localeCompare(b[key]));
  return query.get("sort") === "asc" ? ascending : ascending.reverse();
}

/** "The x-next-page header is the index of the next page", and empty on the last one. */
function paged({ query }: Call, all: readonly unknown[]): Reply {
  const size = Number(query.get("per_page") ?? 20);
  const page = Number(query.get("page") ?? 1);
  const next = page * size < all.length ? String(page + 1) : "";
  const headers = { "x-page": String(page), "x-per-page": String(size), "x-next-page": next };
  return { status: 200, headers, body: all.slice((page - 1) * size, page * size) };
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}

function userShape({ id, login }: WorldUser) {
  return { id, username: login, name: login, state: "active", web_url: `https://gitlab.com/${login}` };
}

function memberShape(user: WorldUser) {
  const levels: Readonly<Record<string, number>> = { OWNER: 50, COLLABORATOR: 30 };
  const level = levels[user.association];
  return level === undefined ? [] : [{ ...userShape(user), access_level: level }];
}

function issueShape(issue: WorldIssue): object {
  const shape = {
    ...{ id: 70_000 + issue.number, iid: issue.number, project_id: 5, title: issue.title, description: issue.body },
    ...{ state: issue.state, labels: issue.labels, created_at: issue.createdAt, updated_at: issue.updatedAt },
    author: issue.author && userShape(issue.author),
    assignees: issue.assignee ? [userShape(issue.assignee)] : [],
    web_url: `https://gitlab.com/acme/shop/-/issues/${issue.number}`,
    references: { short: `#${issue.number}`, full: `acme/shop#${issue.number}` },
  };
  if (issue.broken === "title") return { ...shape, title: null };
  if (issue.broken === "metadata")
    return { ...shape, author: "ann", assignees: 3, labels: [7, null], created_at: "soon" };
  return shape;
}

function linkShape(issue: WorldIssue) {
  return { ...issueShape(issue), link_type: "is_blocked_by", issue_link_id: issue.number };
}

function eventShape({ label, by, isSet, at }: WorldIssue["labelEvents"][number], index: number) {
  const named = { id: label.length, name: label, color: "#000000", description: null };
  return {
    id: index,
    user: userShape(by),
    created_at: at,
    resource_type: "Issue",
    label: named,
    action: isSet ? "add" : "remove",
  };
}

function noteShape({ id, body, author, createdAt, updatedAt }: WorldComment) {
  return {
    id,
    body,
    author: userShape(author),
    created_at: createdAt,
    updated_at: updatedAt,
    system: false,
    internal: false,
  };
}
