import { z } from "zod";
import { TestReport } from "./reports/report.ts";

/** A git object id: SHA-1 or SHA-256 in hexadecimal. */
export const ObjectId = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/);

/** Where a job starts: the branch it is for and the commit that was its tip when the job was taken in. */
export const Base = z.object({ branch: z.string(), commit: ObjectId });
export type Base = z.infer<typeof Base>;

/** The kinds of checks a project declares, in the order in which they run. */
export const CheckCategory = z.enum(["lint", "format", "typecheck", "test"]);
export type CheckCategory = z.infer<typeof CheckCategory>;

/**
 * `as_before`: red, but nothing is red that was not red on the base. `flaky`: it answered differently when it was asked
 * again. `unavailable`: it proved nothing. None of the last two ever counts as a pass.
 */
export const CheckOutcome = z.enum(["passed", "failed", "as_before", "flaky", "unavailable"]);
export type CheckOutcome = z.infer<typeof CheckOutcome>;

/** How one declared check went on one tree, with the proof that it ran. */
export const CheckResult = z.object({
  label: z.string(),
  category: CheckCategory.optional(),
  /** `order`: the order brought it along. Otherwise the project declares it. */
  tier: z.literal("order").optional(),
  argv: z.array(z.string()),
  outcome: CheckOutcome,
  /** Why it is no plain pass, in a sentence. */
  reason: z.string().optional(),
  exitCode: z.number().int().nullable(),
  durationMs: z.number().nonnegative(),
  /** The tree it ran on. */
  tree: ObjectId.optional(),
  /** What the program says of its own version. */
  toolVersion: z.string().optional(),
  /** What its report counts. Without one, the exit code is all there is. */
  tests: TestReport.optional(),
  /** How the same command went on the base, where that was looked at. */
  before: z.object({ exitCode: z.number().int().nullable(), tests: TestReport.optional() }).optional(),
  /** How often it was asked. */
  attempts: z.number().int().positive().optional(),
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

/** What a person should know of a candidate before they merge, a line each. None of it speaks against the work. */
export const Remarks = z.array(z.string());
