export interface WorldUser {
  readonly id: number;
  readonly login: string;
  /** What they are to the project, in the words of the tracker that plays. */
  association: string;
}

export interface WorldComment {
  readonly id: number;
  readonly issue: number;
  body: string;
  /** Where the tracker keeps another thing than a text. */
  document?: unknown;
  readonly author: WorldUser;
  readonly createdAt: string;
  updatedAt: string;
}

export interface WorldIssue {
  readonly number: number;
  title: string;
  body: string | null;
  /** In the tracker's own sense: GitHub knows only "open" and "closed". */
  state: string;
  labels: string[];
  author: WorldUser | null;
  assignee: WorldUser | null;
  priority: number | null;
  blockedBy: number[];
  isPullRequest: boolean;
  readonly createdAt: string;
  updatedAt: string;
  readonly labelEvents: {
    readonly label: string;
    readonly by: WorldUser;
    readonly isSet: boolean;
    readonly at: string;
  }[];
  /** A record as it should not be: without what everything needs, or with nonsense where something may be. */
  broken: "title" | "metadata" | null;
  /** Out of sight: deleted, or moved to another project. */
  isGone: boolean;
}

export const ann: WorldUser = { id: 101, login: "ann", association: "OWNER" };
export const bob: WorldUser = { id: 102, login: "bob", association: "NONE" };
export const robot: WorldUser = { id: 900, login: "chargehand-robot", association: "COLLABORATOR" };

/** What a foreign tracker holds: a project's issues, whoever serves them in whatever shape. Its clock steps by minutes. */
export class TrackerWorld {
  readonly issues = new Map<number, WorldIssue>();
  readonly comments: WorldComment[] = [];
  /** Copies, so that what one world does to somebody is not done in another. */
  readonly users = [ann, bob, robot].map((user) => ({ ...user }));
  readonly #labelsHaveCase: boolean;
  #minutes = 0;
  #commentIds = 5_000;

  constructor({ labelsHaveCase = false }: { readonly labelsHaveCase?: boolean } = {}) {
    this.#labelsHaveCase = labelsHaveCase;
  }

  /** An instant that no other has, later than all before. */
  now(): string {
    this.#minutes += 1;
    return new Date(Date.UTC(2026, 0, 1) + this.#minutes * 60_000).toISOString().replace(".000Z", "Z");
  }

  add(given: Partial<Omit<WorldIssue, "number" | "createdAt" | "labelEvents">>): WorldIssue {
    const createdAt = this.now();
    const issue: WorldIssue = {
      number: this.issues.size + 1,
      title: `Issue ${this.issues.size + 1}`,
      body: null,
      state: "open",
      labels: [],
      author: ann,
      assignee: null,
      priority: null,
      blockedBy: [],
      isPullRequest: false,
      createdAt,
      updatedAt: createdAt,
      labelEvents: [],
      broken: null,
      isGone: false,
      ...given,
    };
    this.issues.set(issue.number, issue);
    return issue;
  }

  find(number: number): WorldIssue | undefined {
    const issue = this.issues.get(number);
    return issue?.isGone ? undefined : issue;
  }

  visible(): WorldIssue[] {
    return [...this.issues.values()].filter(({ isGone }) => !isGone);
  }

  change(issue: WorldIssue, change: Partial<WorldIssue>): void {
    Object.assign(issue, change, { updatedAt: this.now() });
  }

  setLabel(issue: WorldIssue, label: string, by: WorldUser): void {
    if (issue.labels.some((it) => this.#isSame(it, label))) return;
    issue.labelEvents.push({ label, by, isSet: true, at: this.now() });
    this.change(issue, { labels: [...issue.labels, label] });
  }

  takeLabel(issue: WorldIssue, label: string, by: WorldUser): void {
    issue.labelEvents.push({ label, by, isSet: false, at: this.now() });
    this.change(issue, { labels: issue.labels.filter((it) => !this.#isSame(it, label)) });
  }

  #isSame(one: string, other: string): boolean {
    return this.#labelsHaveCase ? one === other : one.toLowerCase() === other.toLowerCase();
  }

  comment(issue: WorldIssue, body: string, author: WorldUser): WorldComment {
    this.#commentIds += 1;
    const at = this.now();
    const comment = { id: this.#commentIds, issue: issue.number, body, author, createdAt: at, updatedAt: at };
    this.comments.push(comment);
    issue.updatedAt = at;
    return comment;
  }

  editComment(comment: WorldComment, body: string): void {
    comment.body = body;
    comment.updatedAt = this.now();
  }

  deleteComment(comment: WorldComment): void {
    this.comments.splice(this.comments.indexOf(comment), 1);
  }

  commentsOf(issue: WorldIssue): WorldComment[] {
    return this.comments.filter((it) => it.issue === issue.number);
  }

  hasOpenBlocker(issue: WorldIssue, terminal: readonly string[]): boolean {
    return issue.blockedBy.some((number) => !terminal.includes(this.issues.get(number)?.state ?? ""));
  }
}
