import { createHash } from "node:crypto";
import { fullRequestId, type JobId, maxTaskLength } from "../../core/task.ts";
import type { Issue, IssueComment } from "../../core/tracker.ts";
import { jobIdOf } from "../../platform/job-desk.ts";
import { visibleText } from "../../platform/visible-text.ts";

/** What an issue asks for, as a person and a model may read it: nothing hides in it, and no secret of ours is in it. */
export function issueText({ title, description }: Issue, redact: (text: string) => string): string {
  return harmless([title.replace(/\s+/g, " "), description?.trim()].filter(Boolean).join("\n\n"), redact);
}

/**
 * Comments as they stand beside an issue's text: each with the name its author goes by, and every line of it marked, so
 * that nobody writes words into another's mouth.
 */
export function commentText(comments: readonly IssueComment[], redact: (text: string) => string): string {
  // Redacted before it is marked: a mark inside of a secret of several lines would hide it.
  const quoted = (body: string) => redact(visibleText(body)).trim().replaceAll(/^/gm, "> ");
  const told = comments.map(({ author, body }) => `${nameOf(author)} wrote:\n${quoted(body)}`);
  return harmless(told.join("\n\n"), redact);
}

function nameOf(author: IssueComment["author"]): string {
  return visibleText(author?.name ?? "somebody")
    .replace(/\s+/g, " ")
    .trim();
}

function harmless(text: string, redact: (text: string) => string): string {
  const shown = redact(visibleText(text)).trim();
  return shown.length <= maxTaskLength ? shown : `${shown.slice(0, maxTaskLength - cut.length)}${cut}`;
}

const cut = "\n[The text is longer; it was cut here.]";

/** SHA-256 of an issue's own text, before anything was done to it. */
export function snapshotOf({ title, description }: Pick<Issue, "title" | "description">): string {
  return sha256(JSON.stringify([title, description]));
}

export function commentsSnapshot(comments: readonly IssueComment[]): string {
  return sha256(JSON.stringify(comments.map(({ id, body }) => [id, body])));
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * What an issue's nth job is called, whoever orders it and however often. Names of trackers hold dashes, so an id is
 * written as it is only in a form whose beginning can be told from its end; any other one as its hash.
 */
export function issueRequestId(tracker: string, issueId: string, session: number): string {
  const plain = decodable.test(issueId) ? issueId : sha256(issueId);
  return `${tracker}-${plain}-${session}`;
}

/** A number or a UUID, as trackers have them. By the length of what follows the last dash they are told apart. */
const decodable = /^(\d{1,11}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** The id that an issue's nth job has. */
export function issueJobId(tracker: string, issueId: string, session: number): JobId {
  const requestId = issueRequestId(tracker, issueId, session);
  return jobIdOf(fullRequestId({ requestId, requestedBy: { kind: "tracker", id: tracker, name: tracker } }));
}
