import { renderMarkdown } from "../core/tracker/markdown.ts";
import {
  Issue,
  type IssueChange,
  type IssueComment,
  type Tracker,
  TrackerError,
  type TrackerUser,
} from "../core/tracker.ts";

type Call = keyof Tracker;

/** A tracker in this process, with people's hands on one side and the interface on the other. */
export interface MemoryTracker {
  readonly tracker: Tracker;
  /** Every call of the interface, in order. */
  readonly calls: readonly { readonly call: Call; readonly issueId?: string }[];
  /** Somebody opens an issue, and another labels it. A record that no schema accepts may be given on purpose. */
  opens(issue: { id: string } & Partial<Issue>, labelledBy?: TrackerUser): void;
  edits(issueId: string, change: Partial<Issue>): void;
  labels(issueId: string, label: string, by: TrackerUser): void;
  unlabels(issueId: string, label: string): void;
  /** Answers the comment's id. */
  comments(issueId: string, body: string, by: TrackerUser): string;
  editsComment(issueId: string, commentId: string, body: string): void;
  deletesComment(issueId: string, commentId: string): void;
  removes(issueId: string): void;
  issue(issueId: string): Issue;
  commentsOn(issueId: string): readonly IssueComment[];
  /** The next calls of this kind fail, as often as said. */
  fails(call: Call, error: TrackerError, times?: number): void;
}

export const maintainer: TrackerUser = { id: "1", name: "ann", association: "owner" };
export const stranger: TrackerUser = { id: "666", name: "mallory", association: "none" };
export const ourselves: TrackerUser = { id: "99", name: "chargehand-bot", association: "none" };

export interface MemoryTrackerOptions {
  readonly pageSize?: number;
  /** Those that an issue can be put into; any, where none are named. */
  readonly states?: readonly string[];
  /** In these an issue blocks no other. */
  readonly terminalStates?: readonly string[];
  /** The id of the only one whose issues may be begun. */
  readonly assignee?: string;
  readonly self?: TrackerUser;
  readonly now?: () => Date;
  /** Told of every malformed record that a list was given without. */
  readonly leftOut?: (issueId: string) => void;
}

/** Its lists do not tell which issues are blocked, as GitLab's do not; an issue that is asked for by id does. */
export function memoryTracker(options: MemoryTrackerOptions = {}): MemoryTracker {
  const { pageSize = 100, terminalStates = ["closed"], self = ourselves, leftOut = () => {} } = options;
  const issues = new Map<string, Issue>();
  const setters = new Map<string, TrackerUser>();
  const spoken = new Map<string, IssueComment[]>();
  const calls: { call: Call; issueId?: string }[] = [];
  const failures = new Map<Call, TrackerError[]>();
  let clock = Date.now();
  let commentCount = 0;
  const now = () => (options.now?.() ?? new Date(clock++)).toISOString();

  const begin = (call: Call, issueId?: string) => {
    calls.push({ call, ...(issueId !== undefined && { issueId }) });
    const failure = failures.get(call)?.shift();
    if (failure !== undefined) throw failure;
  };
  const known = (id: string): Issue => {
    const issue = issues.get(id);
    if (issue === undefined) throw new TrackerError("tracker_status", `There is no issue ${id}.`);
    return issue;
  };
  const write = (issue: Issue, news: Partial<Issue>) => issues.set(issue.id, { ...issue, ...news, updatedAt: now() });
  const label = (id: string, written: string, by: TrackerUser) => {
    const issue = known(id);
    const name = folded(written);
    if (name === "" || issue.labels.includes(name)) return;
    write(issue, { labels: [...issue.labels, name] });
    setters.set(`${id} ${name}`, by);
  };
  const unlabel = (id: string, name: string) => {
    const issue = known(id);
    const labels = issue.labels.filter((other) => other !== folded(name));
    if (labels.length < issue.labels.length) write(issue, { labels });
  };
  const stateNamed = (wanted: string) => {
    const { states } = options;
    const named = states === undefined ? wanted : states.find((state) => folded(state) === folded(wanted));
    if (named !== undefined) return named;
    throw new TrackerError("invalid_tracker_config", `There is no state "${wanted}". There are ${states?.join(", ")}.`);
  };
  const isBlocked = ({ blockedBy }: Issue) =>
    blockedBy.some(({ id, state }) => !terminalStates.map(folded).includes(folded(issues.get(id)?.state ?? state)));
  const read = (issue: Issue, knowsBlockers: boolean) => {
    const isWanted = options.assignee === undefined || issue.assigneeId === options.assignee;
    const mayBegin = issue.dispatchable && isWanted && !(knowsBlockers && isBlocked(issue));
    return Issue.safeParse({ ...issue, dispatchable: mayBegin }).data;
  };
  const say = (id: string, body: string, author: TrackerUser): string => {
    const issue = known(id);
    const comments = spoken.get(id) ?? [];
    const at = now();
    commentCount += 1;
    const comment = { id: `${id}-${commentCount}`, author, body, createdAt: at, updatedAt: at };
    spoken.set(id, [...comments, comment]);
    write(issue, {});
    return comment.id;
  };
  const rewrite = (id: string, commentId: string, body: string) => {
    const issue = known(id);
    const comments = spoken.get(id) ?? [];
    if (!comments.some((comment) => comment.id === commentId))
      throw new TrackerError("tracker_status", `There is no comment ${commentId}.`);
    const updatedAt = now();
    spoken.set(
      id,
      comments.map((comment) => (comment.id === commentId ? { ...comment, body, updatedAt } : comment)),
    );
    write(issue, {});
  };

  const tracker: Tracker = {
    async issuesByStates(states) {
      if (states.length === 0) return [];
      const wanted = states.map(folded);
      const found = [...issues.values()].filter(({ state }) => wanted.includes(folded(`${state}`)));
      for (let page = 0; page < Math.max(1, Math.ceil(found.length / pageSize)); page += 1) begin("issuesByStates");
      return found.flatMap((issue) => {
        const told = read(issue, false);
        if (told === undefined) leftOut(issue.id);
        return told ?? [];
      });
    },
    async issuesByIds(ids) {
      if (ids.length === 0) return [];
      begin("issuesByIds");
      return [...new Set(ids)].flatMap((id) => {
        const issue = issues.get(id);
        if (issue === undefined) return [];
        const told = read(issue, true);
        if (told === undefined) throw new TrackerError("tracker_response", `The record of ${id} is malformed.`);
        return told;
      });
    },
    async labelSetter(issueId, name) {
      begin("labelSetter", issueId);
      return known(issueId).labels.includes(folded(name)) ? (setters.get(`${issueId} ${folded(name)}`) ?? null) : null;
    },
    async comments(issueId, since) {
      begin("comments", issueId);
      return (spoken.get(issueId) ?? []).filter(({ updatedAt }) => Date.parse(updatedAt) > Date.parse(since));
    },
    async self() {
      begin("self");
      return self;
    },
    async change(issueId, { state, addLabels = [], removeLabels = [] }: IssueChange) {
      begin("change", issueId);
      const issue = known(issueId);
      if (state !== undefined && folded(state) !== folded(issue.state)) write(issue, { state: stateNamed(state) });
      for (const name of addLabels) label(issueId, name, self);
      for (const name of removeLabels) unlabel(issueId, name);
    },
    async writeComment(issueId, { commentId, text }) {
      begin("writeComment", issueId);
      const body = renderMarkdown(text);
      if (commentId === undefined) return say(issueId, body, self);
      if (!(spoken.get(known(issueId).id) ?? []).some(({ id }) => id === commentId)) return null;
      rewrite(issueId, commentId, body);
      return commentId;
    },
  };

  return {
    ...{ tracker, calls, labels: label, unlabels: unlabel },
    opens(issue, labelledBy) {
      const blank = { nativeRef: null, description: null, priority: null, branchName: null, url: null };
      const at = now();
      const { labels = ["chargehand"], ...written } = issue;
      issues.set(issue.id, {
        ...{ ...blank, identifier: `GH-${issue.id}`, title: "Fix it", state: "open", author: maintainer },
        ...{ assigneeId: null, labels: [], blockedBy: [], dispatchable: true, createdAt: at, updatedAt: at },
        ...written,
      });
      for (const name of labels) label(issue.id, name, labelledBy ?? maintainer);
    },
    edits: (issueId, change) => void write(known(issueId), change),
    comments: say,
    editsComment: rewrite,
    deletesComment: (issueId, commentId) =>
      void spoken.set(
        issueId,
        (spoken.get(issueId) ?? []).filter(({ id }) => id !== commentId),
      ),
    removes: (issueId) => void issues.delete(issueId),
    issue: known,
    commentsOn: (issueId) => spoken.get(issueId) ?? [],
    fails: (call, error, times = 1) =>
      void failures.set(call, [...(failures.get(call) ?? []), ...Array.from({ length: times }, () => error)]),
  };
}

function folded(name: string): string {
  return name.trim().toLowerCase();
}
