import { z } from "zod";
import { DeclaredCheck } from "../core/declared-check.ts";
import { ErrorCode } from "../core/error.ts";
import { LedgerEntry } from "../core/event.ts";
import { Home, HomeId } from "../core/home.ts";
import { JobState } from "../core/job.ts";
import { CheckCategory } from "../core/measurement.ts";
import { ScheduleRun } from "../core/schedule.ts";
import { JobId, ProjectName, Submission } from "../core/task.ts";

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

const DoctorRow = z.discriminatedUnion("state", [
  z.object({ name: z.string(), state: z.literal("ok"), detail: z.string() }),
  z.object({ name: z.string(), state: z.enum(["warning", "failed"]), detail: z.string(), remedy: z.string() }),
]);

const Finding = z.object({
  jobId: JobId.optional(),
  project: z.string().optional(),
  isMendable: z.boolean(),
  sentence: z.string(),
});

const Verification = z.object({
  sound: z.boolean(),
  directory: z.string(),
  jobId: z.string().optional(),
  status: z.string().optional(),
  entries: z.number().int(),
  files: z.number().int(),
  seal: z.string().optional(),
  repository: z.boolean(),
  defects: z.array(z.object({ file: z.string(), line: z.number().int().optional(), sentence: z.string() })),
});

const Explanation = z.object({
  worktree: z.string(),
  command: z.string(),
  /** Missing where the command cannot be read. */
  argv: z.array(z.string()).optional(),
  verdict: z.enum(["allow", "ask", "deny"]),
  rule: z.string(),
  reason: z.string(),
  advice: z.string(),
});

const Ordered = z.object({ jobId: JobId });

/** A failure, of any command that was asked for `--json`. */
export const Failure = z.object({ error: z.object({ code: ErrorCode, message: z.string() }) });

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
      orders: z.array(Submission),
      stranded: z.array(Stranded),
    }),
    JobState,
    z.object({ order: Submission }),
  ]),
  list: z.array(JobState.extend({ daemon: DaemonView.nullable() })),
  logs: z.array(LedgerEntry),
  diff: z.object({ jobId: JobId, patch: z.string() }),
  projects: z.array(ProjectRow),
  schedules: z.object({ schedules: z.array(ScheduleRow), orders: z.array(Submission) }),
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
  verify: Verification,
} satisfies Record<string, z.ZodType>;

/** One JSON schema for all of it: each command's document under its words in `$defs`, a failure under `error`. */
export function commandLineSchema(): object {
  const shapes = z.registry<{ id: string }>();
  const named = { JobState, LedgerEntry, Submission, Home, DaemonView };
  for (const [id, schema] of Object.entries(named)) shapes.add(schema, { id });
  const $defs: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries({ ...documents, error: Failure })) {
    const { $schema: _, $defs: parts, ...own } = z.toJSONSchema(schema, { io: "output", metadata: shapes });
    Object.assign($defs, parts);
    $defs[name] = own;
  }
  return { $schema: "https://json-schema.org/draft/2020-12/schema", title: "What chargehand prints for --json", $defs };
}
