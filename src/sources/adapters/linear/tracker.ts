import { z } from "zod";
import { renderMarkdown } from "../../../core/tracker/markdown.ts";
import type { Issue, IssueChange, IssueComment, Tracker, TrackerUser, WrittenComment } from "../../../core/tracker.ts";
import type { AdapterDeps, OpenAdapter } from "../adapter.ts";
import { folded, readableIssues, requiredIssue } from "../normalise.ts";
import { chunksOf, withoutDoubles } from "../pages.ts";
import { PolledLists } from "../polled-lists.ts";
import { Instant } from "../read-answer.ts";
import { beginning, writtenOver } from "../written-over.ts";
import { changeIssue } from "./change.ts";
import { connectionOf, LinearApi } from "./client.ts";
import * as documents from "./documents.ts";
import { labelSetter } from "./label-setter.ts";
import { LinearUser, optionalUser, recordReader, userOf } from "./record.ts";
import { type LinearSettings, readLinearSettings } from "./settings.ts";

/** The issues of one team in Linear. docs/trackers-profiles.md says how they become ours. */
export const openLinear: OpenAdapter = (connection, deps) => new LinearTracker(readLinearSettings(connection), deps);

class LinearTracker implements Tracker {
  readonly #settings: LinearSettings;
  readonly #deps: AdapterDeps;
  readonly #api: LinearApi;
  readonly #lists: PolledLists;
  #self: TrackerUser | undefined;

  constructor(settings: LinearSettings, deps: AdapterDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#api = new LinearApi(settings, deps);
    this.#lists = new PolledLists(deps.now);
  }

  async issuesByStates(states: readonly string[], signal: AbortSignal): Promise<Issue[]> {
    const wanted = [...new Set(states.map(folded))];
    if (wanted.length === 0) return [];
    return this.#lists.read(wanted.join(), {
      mark: () => this.#lastTouched(signal),
      list: async () => {
        const anyState = { or: wanted.map((state) => ({ state: { name: { eqIgnoreCase: state } } })) };
        const filter = { and: [this.#scope, anyState, this.#settings.queryFilter] };
        const records = await this.#api.askAll(issuesQuestion, { filter }, signal);
        const read = recordReader(this.#settings, await this.#assignee(signal));
        return withoutDoubles(readableIssues(records, read, this.#deps.log));
      },
    });
  }

  async issuesByIds(ids: readonly string[], signal: AbortSignal): Promise<Issue[]> {
    const issues: Issue[] = [];
    for (const some of chunksOf([...new Set(ids)], documents.pageSize)) {
      const filter = { and: [this.#scope, { id: { in: some } }] };
      const records = await this.#api.askAll(issuesQuestion, { filter }, signal);
      const read = recordReader(this.#settings, await this.#assignee(signal));
      issues.push(...records.map((record) => requiredIssue(record, read)));
    }
    return withoutDoubles(issues.filter(({ id }) => ids.includes(id)));
  }

  async labelSetter(issueId: string, label: string, signal: AbortSignal): Promise<TrackerUser | null> {
    return labelSetter(this.#api, issueId, label, signal);
  }

  async comments(issueId: string, since: string, signal: AbortSignal): Promise<IssueComment[]> {
    const filter = { issue: { id: { eq: issueId } }, updatedAt: { gt: since } };
    const comments = (await this.#api.askAll(commentsQuestion, { filter }, signal)).map(({ user, ...comment }) => ({
      ...comment,
      author: user && userOf(user),
    }));
    return comments.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
  }

  async self(signal: AbortSignal): Promise<TrackerUser> {
    if (this.#self === undefined) {
      this.#self = userOf((await this.#api.ask(Self, documents.selfDocument, {}, signal)).viewer);
    }
    return this.#self;
  }

  async change(issueId: string, change: IssueChange, signal: AbortSignal): Promise<void> {
    await changeIssue(this.#api, issueId, change, signal);
  }

  async writeComment(issueId: string, { commentId, text }: WrittenComment, signal: AbortSignal) {
    const body = renderMarkdown(text);
    if (commentId === undefined) {
      const input = { issueId, body };
      const answer = await this.#api.ask(Created, documents.createCommentDocument, { input }, signal);
      return answer.commentCreate.comment.id;
    }
    const values = { id: commentId, input: { body } };
    return writtenOver({
      commentId,
      write: async () =>
        (await this.#api.ask(Updated, documents.updateCommentDocument, values, signal)).commentUpdate.comment.id,
      all: () => this.comments(issueId, beginning, signal),
    });
  }

  get #scope() {
    return { team: { key: { eq: this.#settings.team.toUpperCase() } } };
  }

  /** One point of Linear's complexity instead of thousands. */
  async #lastTouched(signal: AbortSignal): Promise<string> {
    const { issues } = await this.#api.ask(LastTouched, documents.lastTouchedDocument, { filter: this.#scope }, signal);
    return JSON.stringify(issues.nodes);
  }

  async #assignee(signal: AbortSignal): Promise<string | undefined> {
    const { assignee } = this.#settings;
    return assignee === "me" ? (await this.self(signal)).id : assignee;
  }
}

const Issues = z.object({ issues: connectionOf(z.unknown()) });
const issuesQuestion = {
  schema: Issues,
  document: documents.issuesDocument,
  list: ({ issues }: z.infer<typeof Issues>) => issues,
};

const Comments = z.object({
  comments: connectionOf(
    z.object({ id: z.string(), body: z.string(), createdAt: Instant, updatedAt: Instant, user: optionalUser }),
  ),
});
const commentsQuestion = {
  schema: Comments,
  document: documents.commentsDocument,
  list: ({ comments }: z.infer<typeof Comments>) => comments,
};

const LastTouched = z.object({
  issues: z.object({ nodes: z.array(z.object({ id: z.string(), updatedAt: z.string() })) }),
});
const Self = z.object({ viewer: LinearUser });
const Written = z.object({ success: z.literal(true), comment: z.object({ id: z.string() }) });
const Created = z.object({ commentCreate: Written });
const Updated = z.object({ commentUpdate: Written });
