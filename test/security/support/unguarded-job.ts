import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Logger, pino } from "pino";
import { type Gate, runRepoCommand } from "../../../src/agents/gate.ts";
import { Config } from "../../../src/core/config.ts";
import { JobBook } from "../../../src/daemon/job-book.ts";
import { createGates } from "../../../src/daemon/job-gate.ts";
import { openProject } from "../../../src/daemon/projects.ts";
import type { StageJob } from "../../../src/daemon/stage.ts";
import { makeWorkspace, type Workspace, workspaceOf } from "../../../src/daemon/workspace.ts";
import { connectRedis } from "../../../src/platform/redis.ts";
import { detectSandbox } from "../../../src/platform/sandbox/detect.ts";
import { createRedactor, secretValuesOf } from "../../../src/platform/secrets/redactor.ts";
import { gitIn, makeProject, never, temporaryFolder } from "../../support/project.ts";
import { startTestRedis } from "../../support/redis.ts";

export interface UnguardedJobOptions {
  /** Below `folder` may stand whatever the settings name. */
  readonly settings?: (folder: string) => Readonly<Record<string, unknown>>;
  readonly project?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Changes the project before the job begins. */
  readonly prepare?: (main: string, folder: string) => Promise<void> | void;
  readonly variables?: Readonly<Record<string, string>>;
  /** Is told every command. */
  readonly trace?: Logger;
}

/**
 * A job behind the real gate, in the real sandbox, with one thing changed: the policy allows everything. What holds
 * here holds without the policy.
 */
export interface UnguardedJob extends AsyncDisposable {
  readonly folder: string;
  readonly main: string;
  readonly job: StageJob;
  readonly workspace: Workspace;
  readonly gate: Gate;
  /** Runs these very words in a worktree of the job, by default its own; answers with what the model would read. */
  run(argv: readonly string[], worktree?: string): Promise<string>;
  /** The same with a shell, which no policy would allow. */
  shell(script: string, worktree?: string): Promise<string>;
}

export async function startUnguardedJob(options: UnguardedJobOptions = {}): Promise<UnguardedJob> {
  await using opening = new AsyncDisposableStack();
  const { path: folder } = opening.use(await temporaryFolder());
  const redis = opening.use(await startTestRedis());
  const log = options.trace ?? pino({ enabled: false });
  const connection = opening.adopt(await connectRedis(redis.target, log, never), (it) => it.disconnect());
  const { project: made } = await makeProject(join(folder, "shop"), options.files ?? { "a.txt": "one\n" });
  const main = made.mainPath;
  await options.prepare?.(main, folder);
  const config = Config.parse({
    projects: { shop: { baseDir: join(folder, "shop"), ...options.project } },
    ...options.settings?.(folder),
  });
  const home = join(folder, "home");
  const book = opening.use(new JobBook({ home, homeId: "home00000000", redis: connection }));
  const job = await beginJob(config, { home, book });
  const variables = { PATH: process.env.PATH ?? "", HOME: join(folder, "person"), ...options.variables };
  const redactor = createRedactor({ values: secretValuesOf(variables) });
  const deps = {
    ...{
      config,
      held: new Set(Object.keys(config.projects)),
      home,
      book,
      log,
      variables,
      redactor,
      redis: redis.target,
      directory: folder,
    },
    ...{ model: "none", modelName: "none", realEngines: false, dryRun: false, trace: options.trace !== undefined },
    redact: (text: string) => redactor.text(text),
    sandbox: await detectSandbox(),
    expireLater: async () => {},
  };
  const gates = opening.use(await createGates(deps));
  const gate: Gate = { ...gates.gateFor(job, never), decide: ({ command }) => allowed(command) };
  const scope = opening.move();

  let calls = 0;
  const run: UnguardedJob["run"] = async (argv, worktree = job.workspace.worktree) => {
    calls += 1;
    const call = { id: `call-${calls}`, worktree, command: JSON.stringify(argv), beforeStart: async () => {} };
    const answer = await runRepoCommand(gate, call, never);
    return answer.type === "answered" ? answer.text : answer.type;
  };
  return {
    ...{ folder, main, job, gate, run, workspace: job.workspace },
    shell: (script, worktree) => run(["sh", "-c", script], worktree),
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

function allowed(command: string): ReturnType<Gate["decide"]> {
  return { verdict: "allow", rule: "O1", reason: "Everything is allowed.", advice: "", argv: JSON.parse(command) };
}

/** What the daemon does before the first command of a job. */
async function beginJob(config: Config, { home, book }: { home: string; book: JobBook }): Promise<StageJob> {
  const jobId = "aaaa1111";
  const project = await openProject(config, "shop", never);
  const base = { branch: "main", commit: gitIn(project.mainPath, "rev-parse", "main") };
  const submission = {
    ...{ requestId: "request-1", jobId, project: "shop", text: "Fix it", submittedAt: new Date().toISOString() },
    requestedBy: { kind: "terminal" as const, id: "ann", name: "Ann" },
    origin: { type: "terminal" as const },
  };
  await book.record(jobId, { type: "queued", submission, base, maxIterations: 3 });
  const state = await book.record(jobId, { type: "stage_started", stage: "run", iteration: 1 });
  const workspace = workspaceOf(home, project, jobId);
  await mkdir(workspace.files.directory, { recursive: true });
  await makeWorkspace(workspace, { project, jobId, commit: base.commit }, never);
  return { state: { ...state, base }, project, workspace, iteration: 1 };
}
