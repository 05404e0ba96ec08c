import { z } from "zod";
import { ApprovalId, Choice, TaskChange } from "./approval.ts";
import { Stage } from "./event.ts";
import type { HomeId } from "./home.ts";
import { JobId, Person, Submission } from "./task.ts";

/**
 * What passes between bot, terminal and daemons. They meet only here; back come job states and the stream of ledger
 * entries. An order goes to whoever holds its project; from then on the job belongs to that home.
 */
export const queueNames = {
  /** Submissions (task.ts) for one project, and what was decided about them before a daemon took them. */
  intake: (project: string) => `intake-${project}`,
  /** A home's StageOrders. */
  stages: (home: HomeId) => `stages-${home}`,
  /** Decisions about a home's jobs. */
  decisions: (home: HomeId) => `decisions-${home}`,
} as const;

/** Who asks a tracker to be looked at meets here with who looks: one at a time, of all daemons. */
export const pollQueue = (tracker: string) => `polls-${tracker}`;

/** Where the times of a project's schedules come due: a queue for each, so that a daemon that has the project takes them. */
export const scheduleQueue = (project: string) => `schedules-${project}`;

/** A bot is at work while a connection to Redis has this name, with the bot's id behind it. */
export const botConnectionPrefix = "chargehand-bot-";

/** All keys of ours, and BullMQ's, begin with this. */
export const keyPrefix = "chargehand";

export const keys = {
  /** Stream of `{entry: LedgerEntry as JSON}`, all jobs, in the order they happened. */
  events: `${keyPrefix}:events`,
  /** Sorted set of job ids by the time they were queued. */
  jobs: `${keyPrefix}:jobs`,
  /** JobState as JSON: a copy of the fold, for readers; the ledger is the truth. */
  job: (jobId: string) => `${keyPrefix}:job:${jobId}`,
  /** The candidate's patch, for readers that do not share the daemon's disk. */
  patch: (jobId: string) => `${keyPrefix}:patch:${jobId}`,
  /** Hash of a schedule's name → the newest ScheduleRun as JSON. */
  scheduleRuns: (project: string) => `${keyPrefix}:schedule-runs:${project}`,
  /** There for as long as Redis holds the times of these projects' schedules; without it they are to be arranged again. */
  arranged: (projects: readonly string[]) => `${keyPrefix}:arranged:${projects.toSorted().join(",")}`,
  /** Hash of what is known of a job before and beside its state: `project`, and `home` once a daemon has taken it. */
  place: (jobId: string) => `${keyPrefix}:place:${jobId}`,
  /** Set of the projects that there ever was an order for. */
  projects: `${keyPrefix}:projects`,
  /** Hash of home ids and what each home's daemon announced last (Home as JSON). */
  homes: `${keyPrefix}:homes`,
  /** There for as long as a daemon says that it works in this home. */
  atWork: (home: string) => `${keyPrefix}:at-work:${home}`,
  /** There for as long as Redis holds what a home's ledgers say; without it that is to be rebuilt. */
  filled: (home: string) => `${keyPrefix}:filled:${home}`,
  /** All that one bot keeps begins with this. */
  bot: (botId: number) => `${keyPrefix}:bot:${botId}`,
  /** Hash of what is to be sent to Telegram, of the bot whose keys begin so. */
  outbox: (bot: string) => `${bot}:outbox`,
  /** Approval id → job id. */
  approval: (approvalId: string) => `${keyPrefix}:approval:${approvalId}`,
} as const;

export const StageOrder = z.object({
  jobId: JobId,
  stage: Stage,
  iteration: z.number().int().positive(),
  /** The job's newest ledger entry when this was ordered: once a stage has begun after it, the order is spent. */
  sequence: z.number().int().nonnegative().default(0),
});
export type StageOrder = z.infer<typeof StageOrder>;

/** A stage that somebody wants; when it was ordered is added by whoever puts it on the queue. */
export type NextStage = Omit<StageOrder, "sequence">;

/** Words that go with a decision, in UTF-16 units. */
export const maxAdviceLength = 2_000;

export const Decision = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("settle"),
    jobId: JobId,
    approvalId: ApprovalId,
    choice: Choice,
    by: Person,
    advice: z.string().max(maxAdviceLength).optional(),
  }),
  z.object({ type: z.literal("cancel"), jobId: JobId, by: Person }),
  /** Comes by itself when a question has waited for as long as it may. */
  z.object({ type: z.literal("expire"), jobId: JobId, approvalId: ApprovalId }),
  /** A source saw that what it had ordered is not what its issue says any more: the job pauses and a person is asked. */
  z.object({
    type: z.literal("ask"),
    jobId: JobId,
    subject: TaskChange,
    /** SHA-256 of the text that the job works on. */
    accepted: z.string().regex(/^[0-9a-f]{64}$/),
    /** By the source's clock: a crash may bring an older change back after a newer one. */
    askedAt: z.iso.datetime().optional(),
  }),
  /** An order this home was the first to take: found by another after a crash, and handed back. */
  z.object({ type: z.literal("take_in"), jobId: JobId, submission: Submission }),
]);
export type Decision = z.infer<typeof Decision>;

/** What a person decided, by a button or a command. */
export type PersonalDecision = Extract<Decision, { type: "settle" | "cancel" }>;

/**
 * The name of a decision in its queue: one for each question, each cancel and each change of a task, however often it is
 * said. An agent's answer, which the daemon may refuse, takes no place from a person's.
 */
export function decisionId(decision: Decision): string {
  switch (decision.type) {
    case "cancel":
    case "take_in":
      return `${decision.type}-${decision.jobId}`;
    case "ask":
      return `ask-${decision.jobId}-${decision.subject.snapshot}-${decision.accepted}`;
    case "settle":
      return `settle-${decision.approvalId}${decision.by.kind === "mcp" ? "-mcp" : ""}`;
    case "expire":
      return `${decision.type}-${decision.approvalId}`;
  }
}
