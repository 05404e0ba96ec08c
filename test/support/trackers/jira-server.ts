import { z } from "zod";
import { JiraDocument, wikiOf } from "./jira-document.ts";
import { jiraComment, jiraId, jiraIssue, jiraUser, placeIn } from "./jira-shapes.ts";
import { answerBy, type Route } from "./routes.ts";
import { type Reply, StrictServer } from "./strict-server.ts";
import { robot, type TrackerWorld, type WorldIssue } from "./world.ts";

/**
 * The project SHOP behind Jira Cloud's REST API version 2, after its reference: "Issue search" (search/jql), "Issues"
 * (bulkfetch, edit, transitions, changelogs), "Issue comments", "Myself", and "Basic auth for REST APIs". Comments are
 * written in version 3, whose bodies are documents.
 */
export async function startJira(world: TrackerWorld, token: string): Promise<StrictServer> {
  const credential = `Basic ${Buffer.from(`ann@acme.example:${token}`).toString("base64")}`;
  const routes = routesOf(world);
  const server: StrictServer = new StrictServer((call) => {
    if (call.headers.authorization !== credential) return { status: 401, body: { errorMessages: ["Unauthorized"] } };
    return answerBy(routes, ["authorization"], server, call);
  });
  await server.start();
  return server;
}

const number = /^\d+$/;
const names = ["To Do", "In Progress", "Done"];

function routesOf(world: TrackerWorld): Route[] {
  const api = (path: string) => new RegExp(`^/rest/api/2${path}$`);
  const issueAt = (rest: string) => api(`/issue/(?<id>[^/]+)${rest}`);
  const withIssue = (id: string | undefined, answer: (issue: WorldIssue) => Reply): Reply => {
    const issue = world.visible().find((it) => jiraId(it) === id);
    return issue === undefined
      ? refused(404, "Issue does not exist or you do not have permission to see it.")
      : answer(issue);
  };
  const writing = (rest: string) => new RegExp(`^/rest/api/3/issue/(?<id>[^/]+)${rest}$`);
  const commented = z.strictObject({ body: JiraDocument });
  const list = { startAt: number, maxResults: number };
  return [
    {
      ...{ method: "GET", path: api("/search/jql") },
      query: { jql: /./, fields: /^[a-z,]+$/, maxResults: number, nextPageToken: /^token-\d+$/ },
      answer: ({ query }) => searched(world, query),
    },
    {
      ...{ method: "POST", path: api("/issue/bulkfetch") },
      body: z.strictObject({ issueIdsOrKeys: z.array(z.string()).min(1).max(100), fields: z.array(z.string()) }),
      answer: ({ body }) => {
        const { issueIdsOrKeys, fields } = body as { issueIdsOrKeys: string[]; fields: string[] };
        const found = world.visible().filter((it) => issueIdsOrKeys.includes(jiraId(it)));
        return ok({ issues: found.map((it) => jiraIssue(world, it, fields)), issueErrors: [] });
      },
    },
    {
      ...{ method: "GET", path: issueAt(""), query: { fields: /^[a-z,]+$/ } },
      answer: ({ query }, { id }) =>
        withIssue(id, (issue) => ok(jiraIssue(world, issue, (query.get("fields") ?? "").split(",")))),
    },
    {
      ...{ method: "PUT", path: issueAt("") },
      body: z.strictObject({
        update: z.strictObject({
          labels: z.array(
            z.union([z.strictObject({ add: z.string().regex(/^\S+$/) }), z.strictObject({ remove: z.string() })]),
          ),
        }),
      }),
      answer: ({ body }, { id }) =>
        withIssue(id, (issue) => {
          for (const step of (body as { update: { labels: { add?: string; remove?: string }[] } }).update.labels) {
            if (step.add !== undefined) world.setLabel(issue, step.add, robot);
            if (step.remove !== undefined) world.takeLabel(issue, step.remove, robot);
          }
          return { status: 204 };
        }),
    },
    {
      ...{ method: "GET", path: issueAt("/transitions") },
      answer: (_, { id }) =>
        withIssue(id, () =>
          ok({
            transitions: names.map((name, index) => ({
              id: `${index + 11}`,
              name: `Go to ${name}`,
              to: placeIn(name),
            })),
          }),
        ),
    },
    {
      ...{ method: "POST", path: issueAt("/transitions") },
      body: z.strictObject({ transition: z.strictObject({ id: z.enum(["11", "12", "13"]) }) }),
      answer: ({ body }, { id }) =>
        withIssue(id, (issue) => {
          const { transition } = body as { transition: { id: string } };
          world.change(issue, { state: names[Number(transition.id) - 11] ?? issue.state });
          return { status: 204 };
        }),
    },
    {
      ...{ method: "GET", path: issueAt("/changelog"), query: list },
      answer: ({ query }, { id }) => withIssue(id, (issue) => oldList("values", changesOf(issue), query)),
    },
    {
      ...{ method: "GET", path: issueAt("/comment"), query: { ...list, orderBy: /^[-+]?created$/ } },
      answer: ({ query }, { id }) =>
        withIssue(id, (issue) => oldList("comments", world.commentsOf(issue).map(jiraComment), query)),
    },
    {
      ...{ method: "POST", path: writing("/comment"), body: commented },
      answer: ({ body }, { id }) =>
        withIssue(id, (issue) => {
          const document = commented.parse(body).body;
          const comment = world.comment(issue, wikiOf(document), robot);
          comment.document = document;
          return { status: 201, body: { ...jiraComment(comment), body: document } };
        }),
    },
    {
      ...{ method: "PUT", path: writing("/comment/(?<comment>\\d+)"), body: commented },
      answer: ({ body }, { comment }) => {
        const found = world.comments.find(({ id }) => String(id) === comment);
        if (found === undefined) return refused(404, "Can not find a comment for the id.");
        const document = commented.parse(body).body;
        world.editComment(found, wikiOf(document));
        found.document = document;
        return ok({ ...jiraComment(found), body: document });
      },
    },
    { method: "GET", path: api("/myself"), answer: () => ok(jiraUser(robot)) },
  ];
}

/** JQL as far as it is played: what is not understood is refused, as Jira refuses what it does not understand. */
const jql =
  /^project = "SHOP"(?: AND status IN \((?<states>"(?:[^"\\]|\\.)*"(?:, "(?:[^"\\]|\\.)*")*)\))?(?: AND \((?<filter>.*)\))? ORDER BY (?<order>created ASC, key ASC|updated DESC)$/;

function searched(world: TrackerWorld, query: URLSearchParams): Reply {
  const groups = jql.exec(query.get("jql") ?? "")?.groups;
  if (groups === undefined) return refused(400, `Error in the JQL Query: ${query.get("jql")}`);
  const states = groups.states === undefined ? undefined : (JSON.parse(`[${groups.states}]`) as string[]);
  const wanted = states?.map((state) => state.toLowerCase());
  const assigned = /^assignee = (\w+) OR assignee = (\w+)$/.exec(groups.filter ?? "")?.slice(1);
  if (groups.filter !== undefined && assigned === undefined) return refused(400, "Error in the JQL Query: the filter");
  const found = world
    .visible()
    .filter((it) => wanted === undefined || wanted.includes(it.state.toLowerCase()))
    .filter((it) => assigned === undefined || assigned.includes(it.assignee?.login ?? ""));
  const isByTouch = groups.order === "updated DESC";
  const sorted = isByTouch ? found.toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt)) : found;
  const start = Number((query.get("nextPageToken") ?? "token-0").slice(6));
  const end = start + Math.min(Number(query.get("maxResults") ?? 50), 100);
  const fields = (query.get("fields") ?? "").split(",");
  const issues = sorted.slice(start, end).map((it) => jiraIssue(world, it, fields));
  return ok(end < found.length ? { issues, nextPageToken: `token-${end}`, isLast: false } : { issues, isLast: true });
}

function changesOf({ labelEvents, createdAt }: WorldIssue) {
  let labels: string[] = [];
  const title = { field: "summary", fieldtype: "jira", fromString: "old", toString: "new" };
  const first = { id: "1", author: jiraUser(robot), created: createdAt, items: [title] };
  const changes = labelEvents.map(({ label, by, isSet, at }, index) => {
    const before = labels.join(" ");
    labels = isSet ? [...labels, label] : labels.filter((it) => it.toLowerCase() !== label.toLowerCase());
    const item = {
      field: "labels",
      fieldtype: "jira",
      from: "",
      fromString: before,
      to: "",
      toString: labels.join(" "),
    };
    return { id: String(index + 2), author: jiraUser(by), created: at, items: [item] };
  });
  return [first, ...changes];
}

function oldList(key: string, all: readonly unknown[], query: URLSearchParams): Reply {
  const startAt = Number(query.get("startAt") ?? 0);
  const maxResults = Math.min(Number(query.get("maxResults") ?? 50), 100);
  return ok({ startAt, maxResults, total: all.length, [key]: all.slice(startAt, startAt + maxResults) });
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}

function refused(status: number, message: string): Reply {
  return { status, body: { errorMessages: [message], errors: {} } };
}
