import type { ApprovalSubject } from "../../core/approval.ts";
import { type JobState, pendingApprovals } from "../../core/job.ts";
import type { Content } from "../message.ts";
import { clipLine, messageLimit } from "../text/cut.ts";
import { bold, code, italic, join, lines, paragraphs, type RichText } from "../text/rich-text.ts";
import { briefExpense } from "./figures.ts";
import { title } from "./headline.ts";
import { statusWords } from "./status.ts";

/** Up to this many jobs there is room for what was ordered; with more, each has one short line. */
const mostInFull = 12;
/** Telegram looks at no more entities in one message than this. */
const mostEntities = 100;
const fullLineLength = 56;
/** Beside its mark and its id, a title has this much of two lines of a phone. */
const titleLength = 48;

/** Many live jobs in one message: those that wait for a person first, then in the order in which they were ordered. */
export function renderOverview(jobs: readonly JobState[], now: number): Content {
  const sorted = jobs.toSorted(byNeed);
  const isFull = sorted.length <= mostInFull;
  const project = onlyProject(sorted);
  const head = lines(join(bold(`${sorted.length} jobs at once`), project ? ` · ${project}` : ""), summary(sorted));
  const room = messageLimit - head.text.length - 40;
  const shown: RichText[] = [];
  let length = 0;
  for (const job of sorted) {
    const entry = isFull ? fullEntry(job, now, project) : shortEntry(job, now, shortLength(room, sorted.length));
    length += entry.text.length + 2;
    if (length > room) break;
    shown.push(entry);
  }
  const hidden = sorted.length - shown.length;
  const list = isFull ? paragraphs(...shown) : lines(...shown);
  const { text, entities } = paragraphs(head, list, hidden > 0 && `… and ${hidden} more; /jobs lists the latest.`);
  return { text, entities: entities.slice(0, mostEntities), keyboard: [] };
}

/** What is left of it when few jobs are live again. */
export function renderClosedOverview(liveJobs: number): Content {
  const rest =
    liveJobs === 1 ? "One job is left; its card shows it." : `${liveJobs} jobs are left; their cards show them.`;
  const text = lines(bold("■ Overview closed"), liveJobs === 0 ? "All jobs have ended." : rest);
  return { ...text, keyboard: [] };
}

function byNeed(one: JobState, other: JobState): number {
  const waits = (job: JobState) => (job.status === "awaiting_approval" ? 0 : 1);
  return waits(one) - waits(other) || one.queuedAt.localeCompare(other.queuedAt) || one.id.localeCompare(other.id);
}

function summary(jobs: readonly JobState[]): string {
  const count = (statuses: readonly JobState["status"][]) =>
    jobs.filter(({ status }) => statuses.includes(status)).length;
  const waiting = count(["awaiting_approval"]);
  const queued = count(["queued", "interrupted"]);
  const atWork = jobs.length - waiting - queued;
  return [
    waiting > 0 && `◆ ${waiting} ${waiting === 1 ? "waits" : "wait"} for you`,
    atWork > 0 && `▸ ${atWork} at work`,
    queued > 0 && `◌ ${queued} queued`,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** The one project of all these jobs: said in the head, it leaves room for what was ordered. */
function onlyProject(jobs: readonly JobState[]): string | undefined {
  const [project, ...others] = new Set(jobs.map(({ submission }) => submission.project));
  return others.length === 0 ? project : undefined;
}

function fullEntry(job: JobState, now: number, project: string | undefined): RichText {
  const task = title(job.submission.text);
  const what = project === undefined ? `${job.submission.project} · ${task}` : task;
  return lines(
    join(`${statusWords(job).mark} `, code(job.id), ` ${clipLine(what, titleLength)}`),
    join("    ", italic(clipLine(doing(job), fullLineLength)), figures(job, now)),
  );
}

function shortEntry(job: JobState, now: number, limit: number): RichText {
  const rest = figures(job, now);
  const room = Math.max(8, limit - job.id.length - 3 - rest.length);
  return join(`${statusWords(job).mark} `, code(job.id), ` ${clipLine(doing(job), room)}${rest}`);
}

/** As long as it may be that all of them fit, and no longer than a line of a phone. */
function shortLength(room: number, count: number): number {
  return Math.min(fullLineLength, Math.floor(room / count) - 2);
}

/** The newest thing that is known of a job, in a few words. */
function doing(job: JobState): string {
  const [pending] = pendingApprovals(job);
  if (job.status === "awaiting_approval" && pending !== undefined) return questions[pending.subject.type];
  const step = job.steps.findLast(({ outcome }) => outcome === "running");
  if (job.status === "queued" && job.line !== undefined) return `Queued, number ${job.line.position}`;
  return step?.progress || step?.label || statusWords(job).word;
}

const questions: Record<ApprovalSubject["type"], string> = {
  command: "May this run?",
  merge: "Merge?",
  task_changed: "The task changed",
};

function figures(job: JobState, now: number): string {
  return ` · ${briefExpense(job, now)}`;
}
