import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Redis } from "ioredis";
import type { HomeId } from "../core/home.ts";
import { type Decision, decisionId, type NextStage, queueNames } from "../core/queue.ts";
import { configurationDigest } from "../platform/changed-configuration.ts";
import { keepHomeId } from "../platform/home-id.ts";
import { Queues } from "../platform/queues.ts";
import { connectRedis } from "../platform/redis.ts";
import { Announcement } from "../platform/roster.ts";
import { holdAlone } from "../platform/sole-holder.ts";
import type { DaemonDeps } from "./deps.ts";
import { evidenceKeeper, type KeepEvidence } from "./evidence.ts";
import { JobBook } from "./job-book.ts";
import { WorktreePool } from "./pool/worktree-pool.ts";
import { Removals } from "./removals.ts";
import type { StageDeps } from "./stage.ts";

/** A home that this daemon alone works in: its ledgers, its worktrees, and its place on Redis. */
export interface OpenHome extends StageDeps {
  readonly homeId: HomeId;
  readonly redis: Redis;
  readonly queues: Queues;
  readonly announcement: Announcement;
  readonly keepEvidence: KeepEvidence;
  readonly expireLater: (expiry: Extract<Decision, { type: "expire" }>, delayMs: number) => Promise<void>;
}

/** Waits until no other daemon works in the home, and takes it. It is closed with the scope, the last opened first. */
export async function openHome(deps: DaemonDeps, scope: AsyncDisposableStack, signal: AbortSignal): Promise<OpenHome> {
  const { config, held, home, log, redact } = deps;
  await mkdir(home, { recursive: true, mode: 0o700 });
  const onWaiting = () => log.info({ home }, "another daemon works in this home; standing by");
  scope.use(await holdAlone(join(home, "daemon.lock"), { onWaiting }, signal));
  const homeId = await keepHomeId(home);
  const redis = scope.adopt(await connectRedis(deps.redis, log, signal), (it) => it.disconnect());
  const announcement = scope.use(await Announcement.make(redis, announced(deps, homeId), log, signal));
  const keepEvidence = await evidenceKeeper(deps, signal);
  const book = scope.use(new JobBook({ home, homeId, redis, keepEvidence, redact }));
  const queues = scope.use(new Queues(redis));
  const removals = scope.use(new Removals(log));
  const pool = scope.use(new WorktreePool({ home, size: config.limits.pool, log, removals }));
  const order = async (next: NextStage, { delayMs } = { delayMs: 0 }) => {
    const { sequence } = await book.known(next.jobId);
    const stages = queues.of(queueNames.stages(homeId));
    await stages.add(next.stage, { ...next, sequence }, { delay: delayMs, removeOnComplete: true });
  };
  const expireLater: OpenHome["expireLater"] = async (expiry, delay) => {
    await queues.of(queueNames.decisions(homeId)).add("expire", expiry, { jobId: decisionId(expiry), delay });
  };
  const ours = { homeId, redis, queues, announcement, keepEvidence, expireLater };
  return { config, held, home, book, log, order, pool, removals, ...ours };
}

function announced({ config, held, home }: DaemonDeps, id: HomeId) {
  const absent = Object.keys(config.projects).filter((name) => !held.has(name));
  return { id, path: home, projects: [...held], absent, configuration: configurationDigest(config) };
}
