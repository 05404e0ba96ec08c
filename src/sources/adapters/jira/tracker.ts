import { z } from "zod";
import type { Issue, IssueChange, IssueComment, Tracker, TrackerUser, WrittenComment } from "../../../core/tracker.ts";
import type { AdapterDeps, OpenAdapter } from "../adapter.ts";
import { readableIssues, requiredIssue } from "../normalise.ts";
import { chunksOf, withoutDoubles } from "../pages.ts";
import { PolledLists } from "../polled-lists.ts";
import { Instant } from "../read-answer.ts";
import type { RestRequest } from "../rest-client.ts";
import { beginning, writtenOver } from "../written-over.ts";
import { JiraApi, pageSize } from "./api.ts";
import { changeIssue } from "./change.ts";
import { renderDocument } from "./document.ts";
import { candidatesJql, lastTouchedJql } from "./jql.ts";
import { labelSetter } from "./label-setter.ts";
import { issueFields, JiraUser, optionalUser, recordReader, userOf } from "./record.ts";
import { type JiraSettings, readJiraSettings } from "./settings.ts";

/** The issues of one project in Jira Cloud. docs/trackers-profiles.md says how they become ours. */
export const openJira: OpenAdapter = (connection, deps) => new JiraTracker(readJiraSettings(connection), deps);

class JiraTracker implements Tracker {
  readonly #settings: JiraSettings;
  readonly #deps: AdapterDeps;
  readonly #api: JiraApi;
  readonly #lists: PolledLists;
  #self: TrackerUser | undefined;

  constructor(settings: JiraSettings, deps: AdapterDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#api = new JiraApi(settings, deps);
    this.#lists = new PolledLists(deps.now);
  }

  async issuesByStates(states: readonly string[], signal: AbortSignal): Promise<Issue[]> {
    const wanted = [...new Set(states.map((state) => state.trim()))];
    if (wanted.length === 0) return [];
    return this.#lists.read(wanted.join(), {
      mark: () => this.#lastTouched(signal),
      list: async () => {
        const records = await this.#api.search(candidatesJql(this.#settings, wanted), signal);
        const read = recordReader(this.#settings, await this.#assignee(signal));
        return withoutDoubles(readableIssues(records, read, this.#deps.log));
      },
    });
  }

  async issuesByIds(ids: readonly string[], signal: AbortSignal): Promise<Issue[]> {
    const issues: Issue[] = [];
    for (const some of chunksOf([...new Set(ids)], pageSize)) {
      // By id and not by JQL, which refuses the whole query for one id that is gone.
      const body = { issueIdsOrKeys: some, fields: issueFields };
      const { data } = await this.#api.client.ask(Bulk, { method: "POST", path: "/2/issue/bulkfetch", body }, signal);
      const read = recordReader(this.#settings, await this.#assignee(signal));
      issues.push(...data.issues.map((record) => requiredIssue(record, read)));
    }
    const inProject = new RegExp(`^${this.#settings.project}-\\d+$`);
    return withoutDoubles(issues.filter(({ id, identifier }) => ids.includes(id) && inProject.test(identifier)));
  }

  async labelSetter(issueId: string, label: string, signal: AbortSignal): Promise<TrackerUser | null> {
    return labelSetter(this.#api, pathOf(issueId), label, signal);
  }

  async comments(issueId: string, since: string, signal: AbortSignal): Promise<IssueComment[]> {
    const start = Date.parse(since);
    const list = { path: `${pathOf(issueId)}/comment`, key: "comments", item: Comment, query: { orderBy: "created" } };
    const comments = await this.#api.list(list, signal);
    return comments
      .filter(({ updated }) => Date.parse(updated) > start)
      .map(({ id, body, author, created, updated }) => ({
        ...{ id, body, createdAt: created, updatedAt: updated, author: author && userOf(author) },
      }));
  }

  async self(signal: AbortSignal): Promise<TrackerUser> {
    if (this.#self === undefined) {
      this.#self = userOf((await this.#api.client.ask(JiraUser, { path: "/2/myself" }, signal)).data);
    }
    return this.#self;
  }

  async change(issueId: string, change: IssueChange, signal: AbortSignal): Promise<void> {
    await changeIssue(this.#api, pathOf(issueId), change, signal);
  }

  async writeComment(issueId: string, { commentId, text }: WrittenComment, signal: AbortSignal) {
    const path = `/3${issuePath(issueId)}/comment`;
    const body = { body: renderDocument(text) };
    const write = async (request: RestRequest) => (await this.#api.client.ask(Written, request, signal)).data.id;
    if (commentId === undefined) return write({ method: "POST", path, body });
    return writtenOver({
      commentId,
      write: () => write({ method: "PUT", path: `${path}/${encodeURIComponent(commentId)}`, body }),
      all: () => this.comments(issueId, beginning, signal),
    });
  }

  async #lastTouched(signal: AbortSignal): Promise<string> {
    const query = { jql: lastTouchedJql(this.#settings), fields: "updated", maxResults: 1 };
    const { data } = await this.#api.client.ask(LastTouched, { path: "/2/search/jql", query }, signal);
    return JSON.stringify(data);
  }

  async #assignee(signal: AbortSignal): Promise<string | undefined> {
    const { assignee } = this.#settings;
    return assignee === "me" ? (await this.self(signal)).id : assignee;
  }
}

function pathOf(issueId: string): string {
  return `/2${issuePath(issueId)}`;
}

/** The id goes into a path. */
function issuePath(issueId: string): string {
  return `/issue/${encodeURIComponent(issueId)}`;
}

const Bulk = z.object({ issues: z.array(z.unknown()) });
const Comment = z.object({
  id: z.string(),
  body: z.string(),
  author: optionalUser,
  created: Instant,
  updated: Instant,
});
const Written = z.object({ id: z.string() });
const LastTouched = z.object({
  issues: z.array(z.object({ id: z.string(), fields: z.object({ updated: z.string() }) })),
});
