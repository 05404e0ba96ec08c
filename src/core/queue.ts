import { z } from "zod";
import { ApprovalId, Choice, TaskChange } from "./approval.ts";
import { Stage } from "./event.ts";
import { JobId, Person } from "./task.ts";

/**
 * What passes between bot, terminal and daemon. They meet only here:
 * `intake` carries a Submission (task.ts), `stages` a StageOrder, `decisions` a Decision; back come job states and
 * the stream of ledger entries.
 */
export const queueNames = { intake: "intake", stages: "stages", decisions: "decisions" } as const;

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
  /** There for as long as Redis holds what the ledgers say; without it everything here is to be rebuilt. */
  filled: `${keyPrefix}:filled`,
  /** Hash of a schedule's name → the newest ScheduleRun as JSON. */
  scheduleRuns: (project: string) => `${keyPrefix}:schedule-runs:${project}`,
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

export const Decision = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("settle"),
    jobId: JobId,
    approvalId: ApprovalId,
    choice: Choice,
    by: Person,
    advice: z.string().max(2_000).optional(),
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
  }),
]);
export type Decision = z.infer<typeof Decision>;
