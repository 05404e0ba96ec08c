import { z } from "zod";
import { Approval, ApprovalId, Settlement } from "./approval.ts";
import { EngineEvent, Usage } from "./engine-event.ts";
import { ErrorCode } from "./error.ts";
import { StepTrees } from "./evidence/step-changes.ts";
import { Base, CheckResult, DiffStat, ObjectId, Remarks } from "./measurement.ts";
import { JobId, Person, Submission } from "./task.ts";
import { Verdict } from "./verdict.ts";

export const Stage = z.enum(["run", "verify", "land"]);
export type Stage = z.infer<typeof Stage>;

/**
 * Everything that can happen to a job. Card, terminal, log and tests read these and nothing else; the job's state is
 * a fold over them (job.ts).
 */
export const JobEvent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("queued"),
    submission: Submission,
    /** The commit the job starts from; absent where the project has none to give, and then the job fails at once. */
    base: Base.optional(),
    maxIterations: z.number().int().positive(),
  }),
  z.object({ type: z.literal("stage_started"), stage: Stage, iteration: z.number().int().positive() }),
  /** A call of the orchestrator's tool, or a step of the harness, begins. */
  z.object({
    type: z.literal("step_started"),
    stepId: z.string(),
    label: z.string(),
    /** Where a command of an agent runs: the folder's name. */
    worktree: z.string().optional(),
  }),
  /** What the engine inside a step says it does. Shown, never believed. */
  z.object({ type: z.literal("step_progress"), stepId: z.string(), event: EngineEvent }),
  z.object({
    type: z.literal("step_finished"),
    stepId: z.string(),
    outcome: z.enum(["ok", "failed", "denied", "interrupted"]),
    detail: z.string().optional(),
    /** Of a program that ran; null when a signal ended it. */
    exitCode: z.number().int().nullable().optional(),
    /** What the worktree held before and after, where that was measured. */
    trees: StepTrees.optional(),
  }),
  /** The orchestrator's closing words. They are a claim: the person sees them marked as such. */
  z.object({ type: z.literal("claimed"), text: z.string() }),
  z.object({
    type: z.literal("spent"),
    role: z.string(),
    model: z.string(),
    usage: Usage,
    /** The thread of an engine that spent it. */
    threadId: z.string().optional(),
  }),
  z.object({
    type: z.literal("candidate_taken"),
    tree: ObjectId,
    stat: DiffStat,
    paths: z.array(z.string()),
    remarks: Remarks.optional(),
  }),
  z.object({ type: z.literal("check_finished"), tree: ObjectId, check: CheckResult }),
  z.object({ type: z.literal("judged"), verdict: Verdict, reasons: z.array(z.string()) }),
  z.object({ type: z.literal("accepted"), ref: z.string(), commit: ObjectId, tree: ObjectId }),
  z.object({ type: z.literal("approval_requested"), approval: Approval }),
  z.object({ type: z.literal("approval_settled"), approvalId: ApprovalId, settlement: Settlement }),
  /** A tap that could not be carried out, for a reason a person can mend; a fresh approval follows. */
  z.object({ type: z.literal("landing_refused"), code: ErrorCode, reason: z.string() }),
  /** `revert` takes the merge back; before the merge was published it was proven to give main as it had been. */
  z.object({ type: z.literal("merged"), commit: ObjectId, into: z.string(), revert: z.string().optional() }),
  z.object({ type: z.literal("discarded"), by: Person }),
  z.object({ type: z.literal("rejected"), reason: z.string() }),
  z.object({ type: z.literal("blocked"), reason: z.string() }),
  z.object({ type: z.literal("failed"), code: ErrorCode, reason: z.string() }),
  z.object({ type: z.literal("cancelled"), by: Person }),
  /** A crash or a shutdown stopped the stage; the job goes on by itself. */
  z.object({ type: z.literal("interrupted"), reason: z.string() }),
  /** The stage failed for a reason that passes by itself; it begins again at `at`. */
  z.object({
    type: z.literal("retry_scheduled"),
    attempt: z.number().int().positive(),
    at: z.iso.datetime(),
    code: ErrorCode,
    reason: z.string(),
  }),
  /** Every place is taken by the jobs named here; waiting for one is no failure. */
  z.object({ type: z.literal("slot_awaited"), position: z.number().int().positive(), behind: z.array(JobId) }),
]);
export type JobEvent = z.infer<typeof JobEvent>;

/** One line of a ledger. `sequence` counts from 1 without gaps; `previous` chains each line to the one before it. */
export const LedgerEntry = z.object({
  jobId: JobId,
  sequence: z.number().int().positive(),
  at: z.iso.datetime(),
  event: JobEvent,
  /** SHA-256, in hexadecimal, of the line before; 64 zeros for the first. */
  previous: z.string().regex(/^[0-9a-f]{64}$/),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;
