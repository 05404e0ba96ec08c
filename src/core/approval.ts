import { z } from "zod";
import { JobId, maxTaskLength, Person } from "./task.ts";

/** 128 random bits in base64url: it travels in a button, whose data may not exceed 64 bytes. */
export const ApprovalId = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

/** An issue says something else than it did when its job was ordered. */
export const TaskChange = z.object({
  type: z.literal("task_changed"),
  /** Its own text was edited, or somebody who is not trusted has commented. */
  change: z.enum(["text", "comment"]),
  /** SHA-256 of what is new: another text is another question. */
  snapshot: z.string().regex(/^[0-9a-f]{64}$/),
  /** What is new, whole: the model hears of it only when a person takes it. */
  text: z.string().max(maxTaskLength),
});
export type TaskChange = z.infer<typeof TaskChange>;

/** What a person is asked. Everything a decision is bound to stands here, so that drift can be seen at the tap. */
export const ApprovalSubject = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("command"),
    /** The orchestrator's tool call that raised the question. */
    callId: z.string(),
    worktree: z.string(),
    argv: z.array(z.string()).min(1),
    cwd: z.string(),
    /** Tree hash of the worktree's files when the question was asked; another hash at the tap voids it. */
    tree: z.string(),
    reason: z.string(),
  }),
  z.object({ type: z.literal("merge"), tree: z.string(), commit: z.string(), into: z.string() }),
  TaskChange,
]);
export type ApprovalSubject = z.infer<typeof ApprovalSubject>;

export const Choice = z.enum([
  "allow_once",
  "allow_for_job",
  "deny",
  "merge",
  "discard",
  "change",
  "keep_text",
  "take_text",
  "stop",
]);
export type Choice = z.infer<typeof Choice>;

/** Which answers a question takes. */
export const choicesFor = {
  command: ["allow_once", "allow_for_job", "deny"],
  /** A wish for changes carries its words as advice, and sends the job back to work. */
  merge: ["merge", "discard", "change"],
  /** Go on with what was accepted, work on what is there now, or end the job. */
  task_changed: ["keep_text", "take_text", "stop"],
} as const satisfies Record<ApprovalSubject["type"], readonly Choice[]>;

/** One question to a person. It is settled once, by a person, by its expiry or by the end of its job. */
export const Approval = z.object({
  id: ApprovalId,
  jobId: JobId,
  subject: ApprovalSubject,
  askedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().optional(),
});
export type Approval = z.infer<typeof Approval>;

export const Settlement = z.discriminatedUnion("type", [
  z.object({ type: z.literal("chosen"), choice: Choice, by: Person, advice: z.string().optional() }),
  z.object({ type: z.literal("expired") }),
  z.object({ type: z.literal("void"), reason: z.string() }),
]);
export type Settlement = z.infer<typeof Settlement>;
