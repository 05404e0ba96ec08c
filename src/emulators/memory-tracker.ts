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
  comments(issueId: string, body: string, by: TrackerUser): void;
  removes(issueId: string): void;
  issue(issueId: string): Issue;
  commentsOn(issueId: string): readonly IssueComment[];
  /** The next calls of this kind fail, as often as said. */
  fails(call: Call, error: TrackerError, times?: number): void;
}

export const maintainer: TrackerUser = { id: "1", name: "ann", association: "owner" };
export const stranger: TrackerUser = { id: "666", name: "mallory", association: "none" };
export const ourselves: TrackerUser = { id: "99", name: "chargehand-bot", association: "none" };

export function memoryTracker({ pageSize = 100 }: { pageSize?: number } = {}): MemoryTracker {
  const issues = new Map<string, Issue>();
  const setters = new Map<string, TrackerUser>();
  const spoken = new Map<string, IssueComment[]>();
  const calls: { call: Call; issueId?: string }[] = [];
  const failures = new Map<Call, TrackerError[]>();
  let clock = Date.now();
  const now = () => new Date(clock++).toISOString();

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
  const label = (id: string, name: string, by: TrackerUser) => {
    const issue = known(id);
    write(issue, { labels: [...new Set([...issue.labels, name.toLowerCase()])] });
    setters.set(`${id} ${name.toLowerCase()}`, by);
  };
  const unlabel = (id: string, name: string) => {
    const issue = known(id);
    write(issue, { labels: issue.labels.filter((other) => other !== name.toLowerCase()) });
  };
  const say = (id: string, body: string, author: TrackerUser): string => {
    const comments = spoken.get(id) ?? [];
    const at = now();
    const comment = { id: `${id}-${comments.length + 1}`, author, body, createdAt: at, updatedAt: at };
    spoken.set(id, [...comments, comment]);
    write(known(id), {});
    return comment.id;
  };

  const tracker: Tracker = {
    async issuesByStates(states) {
      if (states.length === 0) return [];
      const wanted = states.map((state) => state.trim().toLowerCase());
      const found = [...issues.values()].filter(({ state }) => wanted.includes(`${state}`.trim().toLowerCase()));
      for (let page = 0; page < Math.max(1, Math.ceil(found.length / pageSize)); page += 1) begin("issuesByStates");
      return found.flatMap((issue) => Issue.safeParse(issue).data ?? []);
    },
    async issuesByIds(ids) {
      if (ids.length === 0) return [];
      begin("issuesByIds");
      return [...new Set(ids)].flatMap((id) => {
        const issue = issues.get(id);
        const read = issue === undefined ? undefined : Issue.safeParse(issue);
        if (read?.success === false) throw new TrackerError("tracker_response", `The record of ${id} is malformed.`);
        return read?.data ?? [];
      });
    },
    async labelSetter(issueId, name) {
      begin("labelSetter", issueId);
      return known(issueId).labels.includes(name.toLowerCase())
        ? (setters.get(`${issueId} ${name.toLowerCase()}`) ?? null)
        : null;
    },
    async comments(issueId, since) {
      begin("comments", issueId);
      return (spoken.get(issueId) ?? []).filter(({ updatedAt }) => Date.parse(updatedAt) > Date.parse(since));
    },
    async self() {
      begin("self");
      return ourselves;
    },
    async change(issueId, { state, addLabels = [], removeLabels = [] }: IssueChange) {
      begin("change", issueId);
      if (state !== undefined) write(known(issueId), { state });
      for (const name of addLabels) label(issueId, name, ourselves);
      for (const name of removeLabels) unlabel(issueId, name);
    },
    async writeComment(issueId, { commentId, body }) {
      begin("writeComment", issueId);
      if (commentId === undefined) return say(issueId, body, ourselves);
      const comments = spoken.get(issueId) ?? [];
      spoken.set(
        issueId,
        comments.map((comment) => (comment.id === commentId ? { ...comment, body, updatedAt: now() } : comment)),
      );
      write(known(issueId), {});
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
    comments: (issueId, body, by) => void say(issueId, body, by),
    removes: (issueId) => void issues.delete(issueId),
    issue: known,
    commentsOn: (issueId) => spoken.get(issueId) ?? [],
    fails: (call, error, times = 1) =>
      void failures.set(call, [...(failures.get(call) ?? []), ...Array.from({ length: times }, () => error)]),
  };
}
