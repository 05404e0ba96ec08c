import { z } from "zod";
import { renderMarkdown } from "../../../core/tracker/markdown.ts";
import type { Issue, IssueChange, IssueComment, Tracker, TrackerUser, WrittenComment } from "../../../core/tracker.ts";
import { TrackerError } from "../../../core/tracker.ts";
import type { AdapterDeps, OpenAdapter } from "../adapter.ts";
import { folded, readableIssues, requiredIssue } from "../normalise.ts";
import { withoutDoubles } from "../pages.ts";
import { PolledLists } from "../polled-lists.ts";
import { readAnswer } from "../read-answer.ts";
import { beginning, writtenOver } from "../written-over.ts";
import { changeIssue } from "./change.ts";
import { GitHubClient } from "./client.ts";
import { labelSetter } from "./label-setter.ts";
import { readList } from "./pages.ts";
import { GitHubBlocker, GitHubComment, GitHubUser, recordReader, userOf } from "./record.ts";
import { type GitHubSettings, readGitHubSettings } from "./settings.ts";

/** The issues of one GitHub repository. docs/trackers-profiles.md says how they become ours. */
export const openGitHub: OpenAdapter = (connection, deps) => new GitHubTracker(readGitHubSettings(connection), deps);

const issuePath = "/repos/{owner}/{repo}/issues/{issue_number}";
const lastTouched = { state: "all", sort: "updated", direction: "desc", per_page: 1 };

class GitHubTracker implements Tracker {
  readonly #settings: GitHubSettings;
  readonly #deps: AdapterDeps;
  readonly #client: GitHubClient;
  readonly #lists: PolledLists;
  #self: TrackerUser | undefined;

  constructor(settings: GitHubSettings, deps: AdapterDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#client = new GitHubClient(settings, deps);
    this.#lists = new PolledLists(deps.now);
  }

  async issuesByStates(states: readonly string[], signal: AbortSignal): Promise<Issue[]> {
    const wanted = new Set(states.map(folded));
    if (wanted.size === 0) return [];
    const issues = await this.#lists.read([...wanted].join(), {
      // Conditional: the very same answer, for no rate limit, when nothing has been touched.
      mark: () => this.#client.get("/repos/{owner}/{repo}/issues", lastTouched, signal),
      list: () => this.#list(wanted, signal),
    });
    return issues.filter(({ state }) => wanted.has(folded(state)));
  }

  async issuesByIds(ids: readonly string[], signal: AbortSignal): Promise<Issue[]> {
    const issues: Issue[] = [];
    // One after the other, as GitHub asks of its callers.
    for (const id of new Set(ids)) {
      const issue = await this.#find(id, signal);
      if (issue !== undefined) issues.push(issue);
    }
    if (issues.length < new Set(ids).size) await this.#confirmRepository(signal);
    return issues;
  }

  async labelSetter(issueId: string, label: string, signal: AbortSignal): Promise<TrackerUser | null> {
    return labelSetter(this.#client, this.#settings, numberIn(issueId), label, signal);
  }

  async comments(issueId: string, since: string, signal: AbortSignal): Promise<IssueComment[]> {
    // GitHub's times have no fractions: a comment in the second of `since` may be later, so it is told rather than missed.
    const start = new Date(Math.floor(Date.parse(since) / 1_000) * 1_000).toISOString();
    const values = { issue_number: numberIn(issueId), since: start };
    const records = await readList(this.#client, `${issuePath}/comments`, values, signal);
    const comments = readAnswer("GitHub", z.array(GitHubComment), records).map(commentOf);
    return comments.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  async self(signal: AbortSignal): Promise<TrackerUser> {
    if (this.#self === undefined) {
      const { data } = await this.#client.get("/user", {}, signal);
      this.#self = userOf(readAnswer("GitHub", GitHubUser, data), null);
    }
    return this.#self;
  }

  async change(issueId: string, change: IssueChange, signal: AbortSignal): Promise<void> {
    await changeIssue(this.#client, this.#settings, numberIn(issueId), change, signal);
  }

  async writeComment(issueId: string, { commentId, text }: WrittenComment, signal: AbortSignal) {
    const body = renderMarkdown(text);
    const write = async (route: string, values: Record<string, unknown>) => {
      const { data } = await this.#client.send(route, { ...values, body }, signal);
      return String(readAnswer("GitHub", GitHubComment, data).id);
    };
    if (commentId === undefined) return write(`POST ${issuePath}/comments`, { issue_number: numberIn(issueId) });
    return writtenOver({
      commentId,
      write: () => write(`PATCH ${commentPath}`, { comment_id: numberIn(commentId) }),
      all: () => this.comments(issueId, beginning, signal),
    });
  }

  async #list(wanted: ReadonlySet<string>, signal: AbortSignal): Promise<Issue[]> {
    const read = recordReader({ settings: this.#settings, assignee: await this.#assignee(signal) });
    const lists: Issue[] = [];
    for (const query of queriesFor(wanted, this.#settings)) {
      const records = await readList(this.#client, "/repos/{owner}/{repo}/issues", query, signal);
      lists.push(...readableIssues(records, read, this.#deps.log));
    }
    return withoutDoubles(lists);
  }

  async #find(id: string, signal: AbortSignal): Promise<Issue | undefined> {
    const issueNumber = numberIn(id);
    const { status, data } = await this.#client.get(issuePath, { issue_number: issueNumber }, signal, gone);
    if (gone.includes(status)) return undefined;
    const context = { settings: this.#settings, assignee: await this.#assignee(signal) };
    const issue = requiredIssue(data, recordReader(context));
    if (issue.id !== id)
      throw new TrackerError("tracker_response", `GitHub answered for issue ${id} with another one.`);
    const summary = Object(data) as { issue_dependencies_summary?: { total_blocked_by?: unknown } };
    if (!summary.issue_dependencies_summary?.total_blocked_by) return issue;
    const route = `${issuePath}/dependencies/blocked_by`;
    const blockers = await readList(this.#client, route, { issue_number: issueNumber }, signal);
    return requiredIssue(
      data,
      recordReader({ ...context, blockers: readAnswer("GitHub", z.array(GitHubBlocker), blockers) }),
    );
  }

  /** A repository that is out of sight looks like one whose issues are all gone. */
  async #confirmRepository(signal: AbortSignal): Promise<void> {
    await this.#client.get("/repos/{owner}/{repo}/issues", { per_page: 1 }, signal);
  }

  async #assignee(signal: AbortSignal): Promise<string | undefined> {
    const { assignee } = this.#settings;
    return assignee === "me" ? (await this.self(signal)).id : assignee;
  }
}

const commentPath = "/repos/{owner}/{repo}/issues/comments/{comment_id}";

/** Moved to another repository, not there, deleted. */
const gone = [301, 404, 410];

/** A label is asked for as one list: GitHub joins several with "and". */
function queriesFor(wanted: ReadonlySet<string>, { workflow, queryFilter }: GitHubSettings) {
  const { labels = [], ...filter } = queryFilter;
  return workflow.listsFor(wanted).map(({ state, label }) => {
    const all = [...labels, ...(label === undefined ? [] : [label])];
    return { ...filter, state, sort: "created", direction: "asc", ...(all.length > 0 && { labels: all.join() }) };
  });
}

function commentOf({ id, user, author_association, ...comment }: z.infer<typeof GitHubComment>): IssueComment {
  const times = { createdAt: comment.created_at, updatedAt: comment.updated_at };
  return { id: String(id), author: user && userOf(user, author_association), body: comment.body ?? "", ...times };
}

function numberIn(id: string): number {
  if (/^[1-9]\d{0,14}$/.test(id)) return Number(id);
  throw new TrackerError("tracker_request", `${JSON.stringify(id.slice(0, 40))} is no number of GitHub's.`);
}
