import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { Worker } from "bullmq";
import { execa, type ResultPromise } from "execa";
import type { Redis } from "ioredis";
import { pino } from "pino";
import type { JobEvent } from "../../../src/core/event.ts";
import { keyPrefix, queueNames } from "../../../src/core/queue.ts";
import type { JobId, Submission } from "../../../src/core/task.ts";
import { JobBook } from "../../../src/daemon/job-book.ts";
import { createJobDesk, type JobDesk, jobIdOf } from "../../../src/platform/job-desk.ts";
import { connectRedis, redisOptions } from "../../../src/platform/redis.ts";
import { Announcement } from "../../../src/platform/roster.ts";
import { startTestRedis } from "../../support/redis.ts";

export const cli = resolve(import.meta.dirname, "../../../src/cli.ts");

/** An installation with two projects and a Redis of its own, and the command line in front of it. */
export interface Scene extends AsyncDisposable {
  readonly directory: string;
  /** The environment in which its command line runs. */
  readonly env: Readonly<Record<string, string>>;
  readonly redis: Redis;
  readonly desk: JobDesk;
  /** Records what happens to jobs as a daemon does: ledger, state and stream. */
  readonly book: JobBook;
  /** Runs the command line to its end, whatever its exit code. Output comes byte for byte but for its last newline. */
  chargehand(...argv: string[]): Running;
  /** Takes orders and decisions from the queues, so that a daemon seems to be at work. */
  employ(staff: Staff): Promise<void>;
}

export type Running = ResultPromise<{ reject: false }>;

export interface Staff {
  readonly onOrder?: (submission: Submission) => Promise<void>;
  readonly onDecision?: (decision: unknown) => Promise<void>;
}

export async function startScene(): Promise<Scene> {
  await using opening = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "chargehand-cli-"));
  opening.defer(() => rm(directory, { recursive: true, force: true }));
  const { target, path } = opening.use(await startTestRedis());
  const log = pino({ enabled: false });
  const redis = opening.adopt(await connectRedis(target, log, AbortSignal.timeout(30_000)), (it) => it.disconnect());
  const home = join(directory, "home");
  const book = opening.use(new JobBook({ home, homeId, redis }));
  const desk = opening.use(createJobDesk(redis));
  await writeFile(join(directory, "chargehand.yaml"), configFor(directory));
  const scope = opening.move();

  const env = { PATH: process.env.PATH ?? "", HOME: directory, CHARGEHAND_HOME: home, REDIS_URL: path };
  return {
    directory,
    env,
    redis,
    desk,
    book,
    chargehand: (...argv) =>
      execa(process.execPath, [cli, ...argv], {
        cwd: directory,
        env,
        extendEnv: false,
        reject: false,
        timeout: 60_000,
      }),
    async employ({ onOrder, onDecision }) {
      const options = { connection: redisOptions(target), prefix: keyPrefix };
      const announced = { id: homeId, path: home, projects };
      scope.use(await Announcement.make(redis, announced, log, AbortSignal.timeout(30_000)));
      for (const [name, handle] of [
        ...projects.map((project) => [queueNames.intake(project), onOrder] as const),
        [queueNames.decisions(homeId), onDecision] as const,
      ]) {
        const worker = new Worker(name, async ({ data }) => handle?.(data), options);
        scope.adopt(worker, (it) => it.close());
        await worker.waitUntilReady();
      }
    },
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

const projects = ["shop", "blog"];
/** The home that the scene's jobs belong to. */
export const homeId = "home00000000";

function configFor(directory: string): string {
  return `projects:
  shop:
    baseDir: ${directory}/shop
    checks: { test: [{ label: unit, cmd: node --test }] }
  blog:
    baseDir: ${directory}/blog
`;
}

export const commit = "a".repeat(40);
export const tree = "b".repeat(40);

/** The events that lead a job to a place worth looking at. */
export const story = {
  queued: (text: string, requestId: string): JobEvent => ({
    type: "queued",
    submission: {
      requestId,
      jobId: jobIdOf(requestId),
      project: "shop",
      text,
      requestedBy: { kind: "telegram", id: "1001", name: "Ann" },
      origin: { type: "telegram", chatId: 1001, messageId: 5 },
      submittedAt: new Date().toISOString(),
    },
    base: { branch: "main", commit },
    maxIterations: 3,
  }),
  ordered: (submission: Submission): JobEvent => ({
    type: "queued",
    submission,
    base: { branch: "main", commit },
    maxIterations: 3,
  }),
  working: (): JobEvent[] => [
    { type: "stage_started", stage: "run", iteration: 1 },
    { type: "step_started", stepId: "1", label: "codex exec 'Fix it'" },
    {
      type: "step_progress",
      stepId: "1",
      event: { type: "action", id: "a", kind: "edit", title: "edit src/price.js", phase: "completed", ok: true },
    },
    { type: "step_finished", stepId: "1", outcome: "ok" },
  ],
  asksForCommand: (jobId: JobId, approvalId = "c".repeat(22)): JobEvent => ({
    type: "approval_requested",
    approval: {
      id: approvalId,
      jobId,
      subject: {
        type: "command",
        callId: "call-1",
        worktree: `task-${jobId}`,
        argv: ["git", "clean", "-fd", "two words"],
        cwd: `/srv/shop/task-${jobId}`,
        tree,
        reason: "It deletes files.",
      },
      askedAt: new Date().toISOString(),
    },
  }),
  accepted: (jobId: JobId): JobEvent[] => [
    { type: "claimed", text: "All done." },
    { type: "stage_started", stage: "verify", iteration: 1 },
    { type: "candidate_taken", tree, stat: { files: 1, insertions: 2, deletions: 1 }, paths: ["src/price.js"] },
    {
      type: "check_finished",
      tree,
      check: { label: "unit", argv: ["node", "--test"], outcome: "passed", exitCode: 0, durationMs: 1200, tail: "" },
    },
    { type: "judged", verdict: "accept", reasons: [] },
    { type: "accepted", ref: `refs/heads/chargehand/accepted/${jobId}`, commit, tree },
    asksForMerge(jobId),
  ],
  asksForMerge,
};

function asksForMerge(jobId: JobId, approvalId = "m".repeat(22)): JobEvent {
  return {
    type: "approval_requested",
    approval: {
      id: approvalId,
      jobId,
      subject: { type: "merge", tree, commit, into: "main" },
      askedAt: new Date().toISOString(),
    },
  };
}

/** Lets a job live through events and answers with its id. */
export async function live(book: JobBook, requestId: string, ...events: JobEvent[]): Promise<JobId> {
  const jobId = jobIdOf(requestId);
  for (const event of events) await book.record(jobId, event);
  return jobId;
}

/** A process that prints, and settles at its end. */
interface Printing extends PromiseLike<unknown> {
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/** Waits until a running command has printed something, on either side. Rejects when it ends without. */
export function untilPrinted(running: Printing, wanted: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const look = (chunk: Buffer | string) => {
      printed += chunk;
      if (printed.includes(wanted)) resolve();
    };
    running.stdout.on("data", look);
    running.stderr.on("data", look);
    running.then(() => reject(new Error(`It ended without printing "${wanted}":\n${printed}`)), reject);
  });
}
