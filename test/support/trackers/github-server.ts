import { createHash } from "node:crypto";
import {
  broken,
  githubComment,
  githubIssue,
  githubLabel,
  githubLabelEvent,
  githubSelf,
  githubUser,
} from "./github-shapes.ts";
import { githubApi } from "./openapi.ts";
import { type Call, type Reply, StrictServer } from "./strict-server.ts";
import { robot, type TrackerWorld, type WorldIssue } from "./world.ts";

type Path = Readonly<Record<string, string>>;
type Answer = (world: TrackerWorld, call: Call, path: Path) => Reply;

/**
 * The issues of github.com/acme/shop behind `api.github.com` as GitHub's own OpenAPI description has it: a request that
 * it does not allow is a violation, and so is an answer. Lists come in pages with a cursor, everything has an ETag.
 */
export async function startGitHub(world: TrackerWorld, token: string): Promise<StrictServer> {
  const server: StrictServer = new StrictServer((call) => {
    const reading = githubApi.read(call);
    if ("violation" in reading) return server.violate(reading.violation);
    if (call.headers.authorization !== `token ${token}`) return refusal(401, "Bad credentials");
    const { operation, path } = reading;
    if (path.owner !== undefined && `${path.owner}/${path.repo}` !== "acme/shop") return refusal(404, "Not Found");
    const answer = answers[operation.operationId];
    if (answer === undefined) return server.violate(`${operation.operationId} is not played`);
    const reply = answer(world, call, path);
    const problem = githubApi.judge(operation, reply);
    if (problem !== undefined) return server.violate(problem);
    return conditional(call, inPages(server, call, spoilt(world, reply)));
  });
  await server.start();
  return server;
}

const answers: Readonly<Record<string, Answer>> = {
  "issues/list-for-repo": (world, { query }) => ok(listed(world, query).map((issue) => githubIssue(world, issue))),
  "issues/get": (world, _, path) => withIssue(world, path, (issue) => ok(githubIssue(world, issue))),
  "issues/update": (world, { body }, path) =>
    withIssue(world, path, (issue) => {
      world.change(issue, body as Partial<WorldIssue>);
      return ok(githubIssue(world, issue));
    }),
  "issues/add-labels": (world, { body }, path) =>
    withIssue(world, path, (issue) => {
      for (const label of (body as { labels: string[] }).labels) world.setLabel(issue, label, robot);
      return ok(issue.labels.map(githubLabel));
    }),
  "issues/remove-label": (world, _, path) =>
    withIssue(world, path, (issue) => {
      const name = path.name ?? "";
      if (!issue.labels.some((it) => it.toLowerCase() === name.toLowerCase()))
        return refusal(404, "Label does not exist");
      world.takeLabel(issue, name, robot);
      return ok(issue.labels.map(githubLabel));
    }),
  "issues/list-events": (world, _, path) =>
    withIssue(world, path, (issue) => ok(issue.labelEvents.map(githubLabelEvent))),
  "issues/list-comments": (world, { query }, path) =>
    withIssue(world, path, (issue) => {
      const since = Date.parse(query.get("since") ?? "1970-01-01T00:00:00Z");
      return ok(
        world
          .commentsOf(issue)
          .filter((it) => Date.parse(it.updatedAt) >= since)
          .map(githubComment),
      );
    }),
  "issues/create-comment": (world, { body }, path) =>
    withIssue(world, path, (issue) => ({
      status: 201,
      body: githubComment(world.comment(issue, (body as { body: string }).body, robot)),
    })),
  "issues/update-comment": (world, { body }, path) => {
    const comment = world.comments.find((it) => it.id === Number(path.comment_id));
    if (comment === undefined) return refusal(404, "Not Found");
    world.editComment(comment, (body as { body: string }).body);
    return ok(githubComment(comment));
  },
  "issues/list-dependencies-blocked-by": (world, _, path) =>
    withIssue(world, path, ({ blockedBy }) =>
      ok(blockedBy.flatMap((it) => world.issues.get(it) ?? []).map((issue) => githubIssue(world, issue))),
    ),
  "repos/get-collaborator-permission-level": (world, _, { username }) => {
    const user = world.users.find(({ login }) => login === username);
    if (user === undefined) return refusal(404, "Not Found");
    const permission = user.association === "NONE" ? "read" : "write";
    return ok({ permission, role_name: permission, user: { ...githubUser(user), role_name: permission } });
  },
  "users/get-authenticated": () => ok(githubSelf(robot)),
};

function listed(world: TrackerWorld, query: URLSearchParams): WorldIssue[] {
  const state = query.get("state") ?? "open";
  const labels = query.get("labels")?.toLowerCase().split(",") ?? [];
  const assignee = query.get("assignee");
  const found = world
    .visible()
    .filter((it) => state === "all" || it.state === state)
    .filter((it) => labels.every((label) => it.labels.some((name) => name.toLowerCase() === label)))
    .filter((it) => assignee === null || it.assignee?.login === assignee);
  const key = query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const sorted = found.toSorted((a, b) => a[key].localeCompare(b[key]));
  return query.get("direction") === "asc" ? sorted : sorted.reverse();
}

function withIssue(world: TrackerWorld, path: Path, answer: (issue: WorldIssue) => Reply): Reply {
  const issue = world.find(Number(path.issue_number));
  return issue === undefined ? refusal(404, "Not Found") : answer(issue);
}

/** Spoils the records that the world says are broken, which the description would not let pass. */
function spoilt(world: TrackerWorld, reply: Reply): Reply {
  const spoil = (record: unknown) => {
    const issue = world.issues.get((Object(record) as { number?: number }).number ?? 0);
    return issue === undefined ? record : broken(issue, record as object);
  };
  return { ...reply, body: Array.isArray(reply.body) ? reply.body.map(spoil) : spoil(reply.body) };
}

/** A page of a list and the link to the next, whose cursor must be sent along; after GitHub's guide to pagination. */
function inPages(server: StrictServer, { path, query }: Call, reply: Reply): Reply {
  if (!Array.isArray(reply.body)) return reply;
  const size = Number(query.get("per_page") ?? 30);
  const page = Number(query.get("page") ?? 1);
  if (page > 1 && query.get("after") !== `cursor-${page}`) return server.violate("a later page without its cursor");
  const next = new URLSearchParams([...query]);
  next.set("page", String(page + 1));
  next.set("after", `cursor-${page + 1}`);
  const isLast = page * size >= reply.body.length;
  const headers: Record<string, string> = isLast ? {} : { link: `<${server.url}${path}?${next}>; rel="next"` };
  return {
    ...reply,
    headers: { ...reply.headers, ...headers },
    body: reply.body.slice((page - 1) * size, page * size),
  };
}

function conditional({ method, headers }: Call, reply: Reply): Reply {
  if (method !== "GET" || reply.status !== 200) return reply;
  const etag = `W/"${createHash("sha256").update(JSON.stringify(reply)).digest("hex")}"`;
  const given = { ...reply.headers, etag, "x-ratelimit-remaining": "4999" };
  return headers["if-none-match"] === etag ? { status: 304, headers: { etag } } : { ...reply, headers: given };
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}

function refusal(status: number, message: string): Reply {
  return { status, body: { message, documentation_url: "https://docs.github.com/rest" } };
}
