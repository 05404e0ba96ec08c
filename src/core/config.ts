import { z } from "zod";
import { DeclaredCheck, type PlannedCheck } from "./declared-check.ts";
import { Duration } from "./duration.ts";
import { HttpConfig } from "./http-config.ts";
import { McpConfig } from "./mcp-config.ts";
import { CheckCategory } from "./measurement.ts";
import { PolicyRules } from "./policy/operator-rules.ts";
import { Schedule, ScheduleName } from "./schedule.ts";
import { ChatPlace, ProjectName } from "./task.ts";
import { TrackerConfig, TrackerName } from "./tracker-config.ts";

/** Where package managers fetch from unless told otherwise. */
const packageRegistries = [
  ...["registry.npmjs.org", "registry.yarnpkg.com", "pypi.org", "files.pythonhosted.org"],
  ...["index.crates.io", "static.crates.io", "crates.io", "proxy.golang.org", "sum.golang.org"],
  ...["rubygems.org", "index.rubygems.org", "repo.maven.apache.org", "repo1.maven.org", "api.nuget.org"],
];

/** Where tests usually stand, and what they compare with. */
const usualTests = [
  "**/*.test.*",
  "**/*-test.*",
  "**/test-*.*",
  "**/test.*",
  "**/*_test.*",
  "**/*.spec.*",
  "**/*_spec.*",
  "**/test/**",
  "**/tests/**",
  "**/__tests__/**",
  "**/__snapshots__/**",
  "**/test_*.py",
  "**/conftest.py",
];

function absolutePath(name: string) {
  return z
    .string()
    .startsWith("/", `write ${name} as an absolute path`)
    .refine((path) => !path.split("/").includes(".."), `write ${name} without ".."`);
}

/** With one slash between names and one at the end, so that one can be compared with the beginning of another. */
function asFolder(path: string): string {
  return `${path}/`.replace(/(?:\/\.?)+\//g, "/");
}

export const Project = z
  .strictObject({
    /** Absolute folder that holds `main/`; the jobs' worktrees appear beside it. */
    baseDir: absolutePath("baseDir"),
    main: z.string().min(1).default("main"),
    /** How the harness installs dependencies in a fresh checkout. */
    setup: z.string().optional(),
    /**
     * The hosts it may reach. Packages run programs of their own then, which with "open" would reach everything that
     * this machine does, its own services included.
     */
    setupNetwork: z.union([z.literal("open"), z.array(z.string().min(1))]).default(packageRegistries),
    checks: z.partialRecord(CheckCategory, z.array(DeclaredCheck)).default({}),
    /** Which files are tests: those a job changes are run as they were, too. */
    tests: z.array(z.string()).default(usualTests),
    /** Whether jobs may change the files that decide how checks run. `scope.allowCheckConfig` names single ones. */
    checkConfig: z.enum(["deny", "allow"]).default("deny"),
    /** Folder with checks that no agent may see: `checks.yaml`, `iterate/` and `reserve/`. */
    heldOut: absolutePath("heldOut").optional(),
    scope: z
      .strictObject({
        allow: z.array(z.string()).default(["**"]),
        deny: z.array(z.string()).default([]),
        allowCheckConfig: z.array(z.string()).default([]),
        /**
         * Whether jobs may move the submodules there are to other commits, remove them, and change `.gitmodules`. New ones
         * are for people to add.
         */
        submodules: z.enum(["deny", "allow"]).default("deny"),
      })
      .prefault({}),
    engine: z.string().optional(),
  })
  .superRefine(({ checks, heldOut, baseDir }, context) => {
    const labels = Object.values(checks).flatMap((declared) => declared.map(({ label }) => label));
    const twice = labels.find((label, at) => labels.indexOf(label) !== at);
    const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (twice !== undefined) refuse("checks", `has two checks called "${twice}"; each needs a name of its own`);
    if (heldOut !== undefined && asFolder(heldOut).startsWith(asFolder(baseDir))) {
      refuse("heldOut", "lies inside baseDir, where agents work; put it elsewhere");
    }
  });
export type Project = z.infer<typeof Project>;

/** A coding engine. `kind` says how its command line and its output are read; `custom` is any program at all. */
const EngineConfig = z.strictObject({
  kind: z.enum(["codex", "claude", "opencode", "simulated", "custom"]),
  /** Program and leading arguments. Default: the kind's own program, found on the PATH. */
  command: z.array(z.string().min(1)).min(1).optional(),
  /** Names of environment variables of the daemon that this engine, and nothing else, may see. */
  env: z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/)).default([]),
  model: z.string().optional(),
  /** Another service than the vendor's own, as in `http://127.0.0.1:11434/v1`. */
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Hosts it may reach where the sandbox limits the network. */
  hosts: z.array(z.string()).default([]),
});
export type EngineConfig = z.infer<typeof EngineConfig>;

const userIds = z.array(z.number().int().positive()).default([]);

/** Everything a person configures in `chargehand.yaml`. Secrets are not here: they come from the environment. */
export const Config = z.strictObject({
  access: z
    .strictObject({ owners: userIds, approvers: userIds, members: userIds, viewers: userIds })
    .default({ owners: [], approvers: [], members: [], viewers: [] }),
  /** Where jobs that nobody ordered in a chat are shown and asked about. Default: the first owner's own chat. */
  notify: z.strictObject(ChatPlace.shape).optional(),
  projects: z.record(ProjectName, Project),
  /** Tasks that are ordered by themselves. */
  schedules: z.record(ScheduleName, Schedule).default({}),
  mcp: McpConfig.prefault({}),
  engines: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/), EngineConfig).default({}),
  /** Where labelled issues become jobs. */
  trackers: z.record(TrackerName, TrackerConfig).default({}),
  roles: z
    .strictObject({
      /** `provider/model`, for example `openai/gpt-5.5`. */
      orchestrator: z.string().regex(/^[a-z][a-z0-9-]*\/.+$/, "write a model as provider/model: openai/gpt-5.5"),
      engine: z.string(),
    })
    .partial()
    .default({}),
  limits: z
    .strictObject({
      /** How many jobs of one daemon work at the same time, in all and in one project; the others wait in line. */
      concurrency: z.number().int().min(1).max(64).default(4),
      perProject: z.number().int().min(1).max(64).default(2),
      /** Worktrees kept ready for each project, so that a job on a big repository begins at once; 0 keeps none. */
      pool: z.number().int().min(0).max(16).default(1),
      /** Installed dependencies, and results on a base, that no job has used for this long are removed. */
      cacheTtl: Duration.default(14 * 24 * 3_600_000),
      /** For how long after its job's end work that was not merged stays under a recovery ref. */
      recoveryTtl: Duration.default(30 * 24 * 3_600_000),
      /** How often a stage that failed for a passing reason is tried again, and how long after the first time. */
      retries: z.number().int().min(0).max(50).default(8),
      retryPause: Duration.default(10_000),
      maxIterations: z.number().int().min(1).max(20).default(3),
      /** Model turns of one run stage: a loop that does not end is ended. */
      maxTurns: z.number().int().min(1).max(500).default(60),
      /** One answer of the orchestrator's model. */
      modelTimeout: Duration.default(5 * 60_000),
      commandTimeout: Duration.default(30 * 60_000),
      /** An engine that prints nothing for this long is ended. */
      stall: Duration.default(5 * 60_000),
      approvalTtl: Duration.default(24 * 3_600_000),
      /** How often a test check that passed is asked again: a different answer is not accepted. */
      flakeRuns: z.number().int().min(0).max(20).default(5),
      /** For how long: a slow check is asked again once, and further while its repetitions have taken less than this. */
      flakeTime: Duration.default(60_000),
    })
    .prefault({}),
  /** Commands of the operator's own, by how they begin: `"make test": allow`. */
  policy: PolicyRules.default({}),
  sandbox: z.enum(["auto", "off"]).default("auto"),
  /** Without this group there is no server. */
  http: HttpConfig.optional(),
});
export type Config = z.infer<typeof Config>;

/** The chat for jobs that were ordered elsewhere. A private chat has its person's number. */
export function cardPlaceOf({ notify, access }: Pick<Config, "notify" | "access">): ChatPlace | undefined {
  const [owner] = access.owners;
  return notify ?? (owner === undefined ? undefined : { chatId: owner });
}

/** A project's checks in the order in which they run: cheap categories first. */
export function checksOf(project: Pick<Project, "checks">): PlannedCheck[] {
  return CheckCategory.options.flatMap((category) =>
    (project.checks[category] ?? []).map((check) => ({ ...check, category })),
  );
}

/** What a person's role lets them do. A stranger has none of it. */
export type Role = "owner" | "approver" | "member" | "viewer" | "stranger";

export function roleOf(config: Config, telegramUserId: number): Role {
  const { owners, approvers, members, viewers } = config.access;
  if (owners.includes(telegramUserId)) return "owner";
  if (approvers.includes(telegramUserId)) return "approver";
  if (members.includes(telegramUserId)) return "member";
  if (viewers.includes(telegramUserId)) return "viewer";
  return "stranger";
}

/** Owners, approvers and members may give orders. */
export function maySubmit(role: Role): boolean {
  return role === "owner" || role === "approver" || role === "member";
}

/** Owners and approvers may answer questions: allow a command, merge, discard. */
export function mayDecide(role: Role): boolean {
  return role === "owner" || role === "approver";
}
