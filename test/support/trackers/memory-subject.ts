import { type MemoryTracker, memoryTracker } from "../../../src/emulators/memory-tracker.ts";
import type { TrackerSubject } from "../../contract/tracker.ts";
import { asCode, readMarkdown } from "./effects.ts";
import { ann, robot, TrackerWorld, type WorldComment, type WorldIssue, type WorldUser } from "./world.ts";

const states = { active: "open", other: "in progress", terminal: "closed" };

/** What people do in the world is done by people's hands in the tracker; what it holds is read from there. */
class MemoryWorld extends TrackerWorld {
  readonly memory: MemoryTracker;

  constructor(isMine: boolean, log: string[]) {
    super();
    this.memory = memoryTracker({
      states: Object.values(states),
      self: userOf(robot),
      now: () => new Date(this.now()),
      leftOut: (id) => void log.push(`a malformed issue was left out: ${id}`),
      ...(isMine && { assignee: String(robot.id) }),
    });
  }

  override add(given: Parameters<TrackerWorld["add"]>[0]): WorldIssue {
    const issue = super.add({ state: states.active, ...given });
    const id = String(issue.number);
    const at = instant(issue.createdAt);
    this.memory.opens({
      ...{ id, title: issue.broken === "title" ? "" : issue.title, description: issue.body, state: issue.state },
      ...{ url: `https://tracker.example/${id}`, labels: [], createdAt: at, updatedAt: at },
      ...{ author: issue.author && userOf(issue.author), assigneeId: issue.assignee && String(issue.assignee.id) },
      blockedBy: issue.blockedBy.map((it) => ({ id: `${it}`, identifier: `GH-${it}`, state: "open" })),
    });
    const { memory } = this;
    Object.defineProperty(issue, "updatedAt", { get: () => memory.issue(id).updatedAt?.replace(".000Z", "Z") });
    if (issue.isGone) memory.removes(id);
    return issue;
  }

  override setLabel({ number }: WorldIssue, label: string, by: WorldUser): void {
    this.memory.labels(String(number), label, userOf(by));
  }

  override takeLabel({ number }: WorldIssue, label: string): void {
    this.memory.unlabels(String(number), label);
  }

  override comment(issue: WorldIssue, body: string, author: WorldUser): WorldComment {
    const id = this.memory.comments(String(issue.number), body, userOf(author));
    return this.#commentOf(issue, id);
  }

  override editComment(comment: WorldComment, body: string): void {
    this.memory.editsComment(String(comment.issue), `${comment.issue}-${comment.id}`, body);
    const { updatedAt } = this.#commentOf({ number: comment.issue }, `${comment.issue}-${comment.id}`);
    Object.assign(comment, { body, updatedAt });
  }

  override deleteComment({ issue, id }: WorldComment): void {
    this.memory.deletesComment(String(issue), `${issue}-${id}`);
  }

  override commentsOf(issue: WorldIssue): WorldComment[] {
    return this.memory.commentsOn(String(issue.number)).map(({ id }) => this.#commentOf(issue, id));
  }

  #commentOf({ number }: Pick<WorldIssue, "number">, commentId: string): WorldComment {
    const found = this.memory.commentsOn(String(number)).find(({ id }) => id === commentId);
    if (found === undefined) throw new TypeError(`There is no comment ${commentId}.`);
    const author = this.users.find(({ id }) => String(id) === found.author?.id) ?? ann;
    const { body, createdAt, updatedAt } = found;
    return { id: Number(commentId.split("-").at(-1)), issue: number, body, author, createdAt, updatedAt };
  }
}

function userOf({ id, login, association }: WorldUser) {
  return { id: String(id), name: login, association: association.toLowerCase() };
}

function instant(time: string): string {
  return new Date(time).toISOString();
}

export const memorySubject: TrackerSubject = {
  kind: "memory",
  states,
  placed: (state) => ({ state }),
  idOf: ({ number }) => String(number),
  identifierOf: ({ number }) => `GH-${number}`,
  userIdOf: ({ id }) => String(id),
  read: ({ body }) => readMarkdown(body),
  asShown: asCode,
  labelsHaveCase: false,
  newestFirst: false,
  listsKnowBlockers: false,
  manyIssues: 230,
  async open({ isMine = false } = {}) {
    const log: string[] = [];
    const world = new MemoryWorld(isMine, log);
    const { tracker, calls } = world.memory;
    return { tracker, world, log, asked: () => calls.length, async [Symbol.asyncDispose]() {} };
  },
};
