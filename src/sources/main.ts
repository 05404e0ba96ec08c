import type { Config } from "../core/config.ts";
import { openInstallation, type Settings } from "../platform/installation.ts";
import { createJobDesk } from "../platform/job-desk.ts";
import { connectRedis, resolveRedis } from "../platform/redis.ts";
import type { TaskSource } from "../platform/task-source.ts";

export interface SourcesSettings extends Settings {
  readonly onReady?: () => void;
}

/** Everything that brings tasks by itself, from its settings to its end. It stops when the signal says so. */
export async function runSources({ onReady, ...settings }: SourcesSettings, signal: AbortSignal): Promise<void> {
  await using scope = new AsyncDisposableStack();
  const { config, log } = openInstallation(settings);
  const sources = sourcesOf(config);
  if (sources.length === 0) return onReady?.();
  const { target } = scope.use(await resolveRedis(settings.environment, log, signal));
  const redis = scope.adopt(await connectRedis(target, log, signal), (it) => it.disconnect());
  const desk = scope.use(createJobDesk(redis));
  log.info({ sources: sources.map(({ name }) => name) }, "task sources ready");
  onReady?.();
  await Promise.all(sources.map((source) => source.run(desk, signal)));
}

function sourcesOf(_config: Config): TaskSource[] {
  return [];
}
