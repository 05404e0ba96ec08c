import { z } from "zod";
import { DeclaredCheck } from "../core/declared-check.ts";
import { ErrorCode } from "../core/error.ts";
import { LedgerEntry } from "../core/event.ts";
import { Home, HomeId } from "../core/home.ts";
import { JobState } from "../core/job.ts";
import { CheckCategory } from "../core/measurement.ts";
import { ScheduleRun } from "../core/schedule.ts";
import { JobId, OpenOrder, ProjectName, Submission } from "../core/task.ts";
import { Finding } from "../daemon/survey.ts";
import { Verification } from "../platform/evidence/verify-bundle.ts";
import { DoctorRow } from "./doctor/row.ts";

/** The daemon that has a job, by the home it works in. */
export const DaemonView = z.object({
  id: HomeId,
  host: z.string(),
  path: z.string(),
  isAtWork: z.boolean(),
});
export type DaemonView = Readonly<z.infer<typeof DaemonView>>;

/** What stands still because nobody is at work who could go on with it. */
export const Stranded = z.object({ jobId: JobId, obstacle: z.string() });
export type Stranded = Readonly<z.infer<typeof Stranded>>;

export const ProjectRow = z.object({
  name: ProjectName,
  /** Of its checkout. */
  path: z.string(),
  branch: z.string(),
  checks: z.array(DeclaredCheck.extend({ category: CheckCategory })),
  /** Those at work that take its orders; null while Redis is away. */
  daemons: z.array(DaemonView.omit({ isAtWork: true })).nullable(),
});
export type ProjectRow = Readonly<z.infer<typeof ProjectRow>>;

export const ScheduleRow = z.object({
  name: z.string(),
  project: ProjectName,
  text: z.string(),
  when: z.string(),
  nextAt: z.iso.datetime().nullable(),
  last: ScheduleRun.nullable(),
});
export type ScheduleRow = Readonly<z.infer<typeof ScheduleRow>>;

/** The policy's answer to one command. */
export const Explanation = z.object({
  worktree: z.string(),
  command: z.string(),
  /** Missing where the command cannot be read. */
  argv: z.array(z.string()).optional(),
  verdict: z.enum(["allow", "ask", "deny"]),
  rule: z.string(),
  reason: z.string(),
  advice: z.string(),
});
export type Explanation = Readonly<z.infer<typeof Explanation>>;

const Ordered = z.object({ jobId: JobId });

/** A failure, of any command that was asked for `--json`. */
export const Failure = z.object({ error: z.object({ code: ErrorCode, message: z.string() }) });
export type Failure = Readonly<z.infer<typeof Failure>>;

/** What each command prints for `--json`, by the words that name it. */
export const documents = {
  run: JobState,
  submit: Ordered,
  wait: JobState,
  cancel: JobState,
  /** The overview, a job that was named, or an order that no daemon has taken in. */
  status: z.union([
    z.object({
      daemons: z.array(Home).nullable(),
      jobs: z.array(JobState),
      orders: z.array(OpenOrder),
      stranded: z.array(Stranded),
    }),
    JobState,
    z.object({ order: OpenOrder }),
  ]),
  list: z.array(JobState.extend({ daemon: DaemonView.nullable() })),
  logs: z.array(LedgerEntry),
  diff: z.object({ jobId: JobId, patch: z.string() }),
  projects: z.array(ProjectRow),
  schedules: z.object({ schedules: z.array(ScheduleRow), orders: z.array(OpenOrder) }),
  approve: JobState,
  deny: JobState,
  merge: JobState,
  change: JobState,
  keep: JobState,
  take: JobState,
  discard: JobState,
  recover: z.object({ jobs: z.number().int(), open: z.number().int() }),
  reconcile: z.object({ found: z.array(Finding), left: z.array(Finding) }),
  retry: Ordered,
  unlock: z.object({ jobId: JobId, removed: z.array(z.string()) }),
  prune: z.object({
    removed: z.array(z.string()),
    cached: z.number().int(),
    recovery: z.array(z.string()),
    dryRun: z.boolean(),
  }),
  "policy explain": Explanation,
  doctor: z.object({ ok: z.boolean(), rows: z.array(DoctorRow) }),
  verify: Verification.extend({ sound: z.boolean(), directory: z.string() }),
} satisfies Record<string, z.ZodType>;

/** What the command that goes by these words has to print. */
export type DocumentOf<Name extends keyof typeof documents> = Readonly<z.infer<(typeof documents)[Name]>>;

/** One JSON schema for all of it: each command's document under its words in `$defs`, a failure under `error`. */
export function commandLineSchema(): object {
  const shapes = z.registry<{ id: string }>();
  const named = { JobState, LedgerEntry, Submission, OpenOrder, Home, DaemonView };
  for (const [id, schema] of Object.entries(named)) shapes.add(schema, { id });
  const $defs: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries({ ...documents, error: Failure })) {
    const { $schema: _, $defs: parts, ...own } = z.toJSONSchema(schema, { io: "output", metadata: shapes });
    Object.assign($defs, parts);
    $defs[name] = own;
  }
  return { $schema: "https://json-schema.org/draft/2020-12/schema", title: "What chargehand prints for --json", $defs };
}
