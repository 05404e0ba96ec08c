import { z } from "zod";
import { Approval, ApprovalId, Settlement } from "./approval.ts";
import { ErrorCode } from "./error.ts";
import type { JobEvent, LedgerEntry } from "./event.ts";
import { addLostThread } from "./lost-threads.ts";
import { Base, CheckResult, DiffStat, ObjectId, Remarks } from "./measurement.ts";
import { retryScheduled } from "./retry-later.ts";
import { paused, settled, voidLastMerge } from "./settle.ts";
import { addToThread, addUsage, nothingSpent, Spent, SpentByThread } from "./spent.ts";
import { addStep, interruptSteps, progressOf, replaceStep, Step } from "./step.ts";
import { JobId, Submission } from "./task.ts";
import { Verdict } from "./verdict.ts";

export const JobStatus = z.enum([
  "queued",
  "planning",
  "awaiting_approval",
  "running",
  "verifying",
  "reviewing",
  "accepted",
  "interrupted",
  "done",
  "rejected",
  "blocked",
  "failed",
  "cancelled",
]);
export type JobStatus = z.infer<typeof JobStatus>;

const terminal: ReadonlySet<JobStatus> = new Set(["done", "rejected", "blocked", "failed", "cancelled"]);

export function isTerminal(status: JobStatus): boolean {
  return terminal.has(status);
}

/** What is true of a job now. It is derived from its events alone and shown to people and programs alike. */
export const JobState = z.object({
  id: JobId,
  sequence: z.number().int().positive(),
  status: JobStatus,
  submission: Submission,
  base: Base.optional(),
  iteration: z.number().int().nonnegative(),
  maxIterations: z.number().int().positive(),
  /** How many attempts there were before a person last asked for changes: the count of attempts begins anew then. */
  iterationsBefore: z.number().int().nonnegative().optional(),
  queuedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  updatedAt: z.iso.datetime(),
  steps: z.array(Step),
  /** How many steps there were in all, remembered or not. */
  stepCount: z.number().int().nonnegative(),
  claim: z.string().optional(),
  candidate: z
    .object({ tree: ObjectId, stat: DiffStat, paths: z.array(z.string()), remarks: Remarks.optional() })
    .optional(),
  /** Whether work went on after the candidate was measured: what was measured is not what there is now. */
  outdated: z.boolean().optional(),
  checks: z.array(CheckResult),
  judgement: z.object({ verdict: Verdict, reasons: z.array(z.string()) }).optional(),
  accepted: z.object({ ref: z.string(), commit: ObjectId, tree: ObjectId }).optional(),
  approvals: z.array(z.object({ approval: Approval, settlement: Settlement.optional() })),
  /** Where a job goes on that was stopped for a question about its task. */
  pausedFrom: JobStatus.optional(),
  /** Attempts that begin with a text which a person took, and the question it stood in. */
  retold: z.array(z.object({ iteration: z.number().int().positive(), approvalId: ApprovalId })).optional(),
  spent: Spent,
  /** The part of it that each thread of an engine was counted with: some engines only tell the total of a thread. */
  threads: SpentByThread.optional(),
  /** Threads of engines that are not gone on with any more: they gave nothing when they were. */
  lostThreads: z.array(z.string()).optional(),
  /** The attempt that begins by itself at that time, and how many there were since the job last came on. */
  retry: z.object({ attempt: z.number().int().positive(), at: z.iso.datetime() }).optional(),
  /** Its place in the line of those that wait for a free one, and the jobs that hold them. */
  line: z.object({ position: z.number().int().positive(), behind: z.array(JobId) }).optional(),
  outcome: z.enum(["merged", "discarded"]).optional(),
  mergedCommit: ObjectId.optional(),
  /** The command that takes the merge back. */
  revert: z.string().optional(),
  failure: z.object({ code: ErrorCode, reason: z.string() }).optional(),
  /** Why the job ended as it did, or why the last tap was refused, in a sentence. */
  reason: z.string().optional(),
});
export type JobState = z.infer<typeof JobState>;

/** Which statuses an event may find a job in. An event that is absent here may come in any that is not terminal. */
const allowedFrom: Partial<Record<JobEvent["type"], readonly JobStatus[]>> = {
  candidate_taken: ["verifying"],
  check_finished: ["verifying", "accepted"],
  judged: ["verifying"],
  accepted: ["verifying"],
  landing_refused: ["accepted", "awaiting_approval"],
  merged: ["accepted"],
  discarded: ["accepted", "awaiting_approval"],
  rejected: ["verifying", "running"],
};

/** Whether a job in this state may take this event. The ledger refuses any other. */
export function mayHappen(state: JobState | undefined, event: JobEvent): boolean {
  if (state === undefined) return event.type === "queued";
  if (event.type === "queued" || isTerminal(state.status)) return false;
  return allowedFrom[event.type]?.includes(state.status) ?? true;
}

/** The state after one more ledger entry. */
export function fold(state: JobState | undefined, entry: LedgerEntry): JobState {
  const { event } = entry;
  if (event.type === "queued") return firstState(entry, event);
  if (state === undefined) throw new TypeError(`A ledger begins with "queued", not with "${event.type}".`);
  const next = { ...state, sequence: entry.sequence, updatedAt: entry.at, ...change(state, event, entry.at) };
  return isTerminal(next.status) ? { ...next, endedAt: entry.at } : next;
}

function firstState(entry: LedgerEntry, event: Extract<JobEvent, { type: "queued" }>): JobState {
  return {
    id: entry.jobId,
    sequence: entry.sequence,
    status: "queued",
    submission: event.submission,
    ...(event.base && { base: event.base }),
    iteration: 0,
    maxIterations: event.maxIterations,
    queuedAt: entry.at,
    updatedAt: entry.at,
    steps: [],
    stepCount: 0,
    checks: [],
    approvals: [],
    spent: nothingSpent,
  };
}

function change(state: JobState, event: Exclude<JobEvent, { type: "queued" }>, at: string): Partial<JobState> {
  switch (event.type) {
    case "stage_started":
      return stageStarted(state, event, at);
    case "step_started":
      return { steps: addStep(state.steps, event), stepCount: state.stepCount + 1 };
    case "step_progress":
      return {
        steps: replaceStep(state.steps, event.stepId, progressOf(event.event)),
        ...(event.event.type === "completed" && { lostThreads: addLostThread(state.lostThreads, event.event) }),
      };
    case "step_finished":
      return {
        retry: undefined,
        steps: replaceStep(state.steps, event.stepId, {
          outcome: event.outcome,
          ...(event.detail && { detail: event.detail }),
        }),
      };
    case "claimed":
      return { claim: event.text, retry: undefined };
    case "spent":
      return {
        spent: addUsage(state.spent, event.usage),
        ...(event.threadId && { threads: addToThread(event.threadId, event.usage, state.threads) }),
      };
    case "candidate_taken":
      return {
        candidate: candidateOf(event),
        // What was measured on another tree says nothing about this one.
        checks: [],
        outdated: false,
        retry: undefined,
      };
    case "check_finished":
      return { checks: [...state.checks.filter((check) => check.label !== event.check.label), event.check] };
    case "judged":
      return { judgement: { verdict: event.verdict, reasons: event.reasons } };
    case "accepted":
      return { status: "accepted", accepted: { ref: event.ref, commit: event.commit, tree: event.tree } };
    case "approval_requested":
      return paused(state, event.approval);
    case "approval_settled":
      return settled(state, event.approvalId, event.settlement);
    case "landing_refused":
      return { status: "accepted", reason: event.reason, approvals: voidLastMerge(state.approvals, event.reason) };
    case "merged":
      return {
        status: "done",
        outcome: "merged",
        mergedCommit: event.commit,
        ...(event.revert && { revert: event.revert }),
      };
    case "discarded":
      return { status: "done", outcome: "discarded" };
    case "rejected":
    case "blocked":
      return { status: event.type, reason: event.reason };
    case "failed":
      return { status: "failed", failure: { code: event.code, reason: event.reason }, reason: event.reason };
    case "cancelled":
      return { status: "cancelled", reason: `Cancelled by ${event.by.name}.`, steps: interruptSteps(state.steps) };
    case "interrupted":
      return { status: "interrupted", reason: event.reason, steps: interruptSteps(state.steps) };
    case "retry_scheduled":
      return retryScheduled(state, event);
    case "slot_awaited":
      return { line: { position: event.position, behind: event.behind } };
  }
}

function candidateOf({ tree, stat, paths, remarks }: Extract<JobEvent, { type: "candidate_taken" }>) {
  return { tree, stat, paths, ...(remarks && { remarks }) };
}

function stageStarted(
  state: JobState,
  { stage, iteration }: Extract<JobEvent, { type: "stage_started" }>,
  at: string,
): Partial<JobState> {
  const status = ({ run: "running", verify: "verifying", land: "accepted" } as const)[stage];
  const began = { status, iteration, startedAt: state.startedAt ?? at, line: undefined };
  switch (stage) {
    case "run":
      return { ...began, accepted: undefined, ...(state.candidate && { outdated: true }) };
    case "verify":
      return { ...began, checks: [], judgement: undefined };
    case "land":
      return began;
  }
}

/** Whether nothing happens to a job by itself: it has ended, or its result lies before a person. */
export function isAtRest(state: JobState): boolean {
  return isTerminal(state.status) || pendingApprovals(state).some(({ subject }) => subject.type === "merge");
}

/** The question a job waits for, if it waits. */
export function pendingApprovals(state: JobState): Approval[] {
  return state.approvals.filter(({ settlement }) => settlement === undefined).map(({ approval }) => approval);
}
