import { z } from "zod";
import { renderMarkdown } from "../../../core/tracker/markdown.ts";
import type { Issue, IssueChange, IssueComment, Tracker, TrackerUser, WrittenComment } from "../../../core/tracker.ts";
import type { AdapterDeps, OpenAdapter } from "../adapter.ts";
import { folded, readableIssues, requiredIssue, spelledLabels } from "../normalise.ts";
import { chunksOf, withoutDoubles } from "../pages.ts";
import { PolledLists } from "../polled-lists.ts";
import { Instant } from "../read-answer.ts";
import type { RestRequest } from "../rest-client.ts";
import { beginning, writtenOver } from "../written-over.ts";
import { GitLabApi, pageSize } from "./api.ts";
import { Members } from "./members.ts";
import { authorIdOf, GitLabLink, GitLabUser, type IssueContext, optionalUser, recordReader, userOf } from "./record.ts";
import { type GitLabSettings, readGitLabSettings } from "./settings.ts";

/** The issues of one GitLab project. docs/trackers-profiles.md says how they become ours. */
export const openGitLab: OpenAdapter = (connection, deps) => new GitLabTracker(readGitLabSettings(connection), deps);

class GitLabTracker implements Tracker {
  readonly #settings: GitLabSettings;
  readonly #deps: AdapterDeps;
  readonly #api: GitLabApi;
  readonly #lists: PolledLists;
  readonly #members: Members;
  #self: TrackerUser | undefined;

  constructor(settings: GitLabSettings, deps: AdapterDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#api = new GitLabApi(settings, deps);
    this.#lists = new PolledLists(deps.now);
    this.#members = new Members(this.#api, deps);
  }

  async issuesByStates(states: readonly string[], signal: AbortSignal): Promise<Issue[]> {
    const wanted = new Set(states.map(folded));
    if (wanted.size === 0) return [];
    const issues = await this.#lists.read([...wanted].join(), {
      mark: () => this.#lastTouched(signal),
      list: () => this.#list(wanted, signal),
    });
    return issues.filter(({ state }) => wanted.has(folded(state)));
  }

  async issuesByIds(ids: readonly string[], signal: AbortSignal): Promise<Issue[]> {
    const issues: Issue[] = [];
    for (const some of chunksOf([...new Set(ids)], pageSize)) {
      const records = await this.#api.list(z.unknown(), { path: "/issues", query: { "iids[]": some } }, signal);
      const associationOf = await this.#members.now(records.map(authorIdOf), signal);
      const context = { ...(await this.#context(signal)), associationOf };
      for (const record of records) issues.push(await this.#inFull(record, context, signal));
    }
    return withoutDoubles(issues.filter(({ id }) => ids.includes(id)));
  }

  async labelSetter(issueId: string, label: string, signal: AbortSignal): Promise<TrackerUser | null> {
    const events = await this.#api.list(LabelEvent, { path: `${issuePath(issueId)}/resource_label_events` }, signal);
    const last = events.findLast((it) => it.label?.name === label.trim());
    if (last?.action !== "add" || last.user === null) return null;
    return userOf(last.user, (await this.#members.now([last.user.id], signal))(last.user.id));
  }

  async comments(issueId: string, since: string, signal: AbortSignal): Promise<IssueComment[]> {
    const start = Date.parse(since);
    const isLater = ({ updated_at }: z.infer<typeof Note>) => Date.parse(updated_at) > start;
    // There is no "since": the latest first, until one is older.
    const query = { order_by: "updated_at", sort: "desc", activity_filter: "only_comments" };
    const path = `${issuePath(issueId)}/notes`;
    const notes = await this.#api.list(Note, { path, query }, signal, (page) => !page.every(isLater));
    const later = notes.filter((note) => !note.system && isLater(note));
    const associationOf = await this.#members.now(
      later.map(({ author }) => author?.id),
      signal,
    );
    const comments = later.map(({ id, body, author, created_at, updated_at }) => ({
      ...{ id: String(id), body, createdAt: created_at, updatedAt: updated_at },
      author: author && userOf(author, associationOf(author.id)),
    }));
    return comments.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  async self(signal: AbortSignal): Promise<TrackerUser> {
    if (this.#self === undefined) {
      const { data } = await this.#api.client.ask(GitLabUser, { path: "/user" }, signal);
      this.#self = userOf(data, null);
    }
    return this.#self;
  }

  async change(issueId: string, change: IssueChange, signal: AbortSignal): Promise<void> {
    const path = this.#api.path(issuePath(issueId));
    const { data } = await this.#api.client.ask(Current, { path }, signal);
    const steps = this.#settings.workflow.stepsFor(change, { state: data.state, labels: spelledLabels(data.labels) });
    const body = {
      ...(steps.state !== undefined && { state_event: steps.state === "closed" ? "close" : "reopen" }),
      ...(steps.add.length > 0 && { add_labels: steps.add.join() }),
      ...(steps.remove.length > 0 && { remove_labels: steps.remove.join() }),
    };
    if (Object.keys(body).length > 0) await this.#api.client.ask(Current, { method: "PUT", path, body }, signal);
  }

  async writeComment(issueId: string, { commentId, text }: WrittenComment, signal: AbortSignal) {
    const path = this.#api.path(`${issuePath(issueId)}/notes`);
    const body = { body: renderMarkdown(text) };
    const write = async (request: RestRequest) =>
      String((await this.#api.client.ask(Written, request, signal)).data.id);
    if (commentId === undefined) return write({ method: "POST", path, body });
    return writtenOver({
      commentId,
      write: () => write({ method: "PUT", path: `${path}/${encodeURIComponent(commentId)}`, body }),
      all: () => this.comments(issueId, beginning, signal),
    });
  }

  async #list(wanted: ReadonlySet<string>, signal: AbortSignal): Promise<Issue[]> {
    const { workflow, queryFilter } = this.#settings;
    const { labels = [], ...filter } = queryFilter;
    const read = recordReader({ ...(await this.#context(signal)), associationOf: await this.#members.recent(signal) });
    const issues: Issue[] = [];
    for (const { state, label } of workflow.listsFor(wanted)) {
      const all = [...labels, ...(label === undefined ? [] : [label])];
      const order = { order_by: "created_at", sort: "asc" };
      const query = { ...filter, state, ...order, ...(all.length > 0 && { labels: all.join() }) };
      const records = await this.#api.list(z.unknown(), { path: "/issues", query }, signal);
      issues.push(...readableIssues(records, read, this.#deps.log));
    }
    return withoutDoubles(issues);
  }

  /** With its blockers, which only a request for each issue tells. */
  async #inFull(record: unknown, context: IssueContext, signal: AbortSignal): Promise<Issue> {
    const { id } = requiredIssue(record, recordReader(context));
    const { data } = await this.#api.client.ask(
      z.array(GitLabLink),
      { path: this.#api.path(`${issuePath(id)}/links`) },
      signal,
    );
    return requiredIssue(record, recordReader({ ...context, links: data }));
  }

  async #context(signal: AbortSignal) {
    const { assignee } = this.#settings;
    return { settings: this.#settings, assignee: assignee === "me" ? (await this.self(signal)).id : assignee };
  }

  async #lastTouched(signal: AbortSignal): Promise<string> {
    const query = { state: "all", order_by: "updated_at", sort: "desc", per_page: 1, page: 1 };
    const { data } = await this.#api.client.ask(LastTouched, { path: this.#api.path("/issues"), query }, signal);
    return JSON.stringify(data);
  }
}

/** The number goes into a path. */
function issuePath(iid: string): string {
  return `/issues/${encodeURIComponent(iid)}`;
}

const LabelEvent = z.object({
  action: z.string(),
  user: optionalUser,
  label: z.object({ name: z.string() }).nullable().catch(null),
});
const Note = z.object({
  id: z.number().int(),
  body: z.string(),
  system: z.boolean(),
  author: optionalUser,
  created_at: Instant,
  updated_at: Instant,
});
const Written = z.object({ id: z.number().int() });
const Current = z.object({ state: z.string(), labels: z.array(z.string()) });
const LastTouched = z.array(z.object({ iid: z.number(), updated_at: z.string() }));
