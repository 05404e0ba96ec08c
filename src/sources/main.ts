import type { Redis } from "ioredis";
import { cardPlaceOf } from "../core/config.ts";
import { type Installation, openInstallation, type Settings } from "../platform/installation.ts";
import { createJobDesk } from "../platform/job-desk.ts";
import { connectRedis, type RedisTarget, resolveRedis } from "../platform/redis.ts";
import type { TaskSource } from "../platform/task-source.ts";
import { openConfigured } from "./adapters/open-tracker.ts";
import { listSource } from "./list/list-source.ts";
import { readList } from "./list/read-list.ts";
import { scheduleSource } from "./schedules/schedule-source.ts";
import { trackerSource } from "./trackers/tracker-source.ts";

export interface SourcesSettings extends Settings {
  readonly onReady?: () => void;
}

/** Everything that brings tasks by itself, from its settings to its end. It stops when the signal says so. */
export async function runSources({ onReady, ...settings }: SourcesSettings, signal: AbortSignal): Promise<void> {
  await using scope = new AsyncDisposableStack();
  const installation = openInstallation(settings);
  const { log } = installation;
  const { target } = scope.use(await resolveRedis(settings.environment, log, signal));
  const redis = scope.adopt(await connectRedis(target, log, signal), (it) => it.disconnect());
  const desk = scope.use(createJobDesk(redis));
  const sources = await sourcesOf({ ...installation, settings, redis, target });
  log.info({ sources: sources.map(({ name }) => name) }, "task sources ready");
  onReady?.();
  await Promise.all(sources.map((source) => source.run(desk, signal)));
}

interface SourceDeps extends Installation {
  readonly settings: Settings;
  /** Waits for a Redis that is away. */
  readonly redis: Redis;
  readonly target: RedisTarget;
}

async function sourcesOf({ config, log, redact, settings, redis, target }: SourceDeps): Promise<TaskSource[]> {
  const { environment, directory, variables } = settings;
  const card = cardPlaceOf(config);
  const { DISPATCH_TASKS: list } = environment;
  const trackers = Object.entries(config.trackers).map(async ([name, config]) => {
    const tracker = await openConfigured(name, config, { token: variables[config.token], log });
    return trackerSource({ name, config, tracker, card, redact, redis, target, log });
  });
  return [
    scheduleSource({ config, redis, target, log }),
    ...(await Promise.all(trackers)),
    ...(list === undefined ? [] : [listSource({ tasks: readList(list, config, directory), card, log })]),
  ];
}
