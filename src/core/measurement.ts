import { z } from "zod";

/** A git object id: SHA-1 or SHA-256 in hexadecimal. */
export const ObjectId = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/);

/** Where a job starts: the branch it is for and the commit that was its tip when the job was taken in. */
export const Base = z.object({ branch: z.string(), commit: ObjectId });
export type Base = z.infer<typeof Base>;

/** How one declared check went on one tree. `unavailable` means that it proved nothing: it never counts as a pass. */
export const CheckResult = z.object({
  label: z.string(),
  argv: z.array(z.string()),
  outcome: z.enum(["passed", "failed", "unavailable"]),
  exitCode: z.number().int().nullable(),
  durationMs: z.number().nonnegative(),
  /** The end of its output, bounded: what a person or the orchestrator needs to understand a failure. */
  tail: z.string(),
});
export type CheckResult = z.infer<typeof CheckResult>;

export const DiffStat = z.object({
  files: z.number().int().nonnegative(),
  insertions: z.number().int().nonnegative(),
  deletions: z.number().int().nonnegative(),
});
export type DiffStat = z.infer<typeof DiffStat>;
