import { type Config, cardPlaceOf, checksOf } from "../core/config.ts";
import type { HttpConfig } from "../core/http-config.ts";
import type { Installation, Settings } from "../platform/installation.ts";
import { createJobDesk } from "../platform/job-desk.ts";
import { Queues } from "../platform/queues.ts";
import { connectFailFastRedis, connectRedis, type RedisTarget } from "../platform/redis.ts";
import { localUrl } from "./address.ts";
import type { HttpDeps, ProjectView } from "./deps.ts";
import { EventFeed } from "./event-feed.ts";
import { EventStreams } from "./event-stream.ts";
import { HealthDesk } from "./health-desk.ts";
import { Metrics } from "./metrics/metrics.ts";
import { openApiDocument } from "./openapi.ts";
import { operations } from "./operations/all.ts";

interface Opening {
  readonly settings: Settings;
  readonly installation: Installation;
  readonly http: HttpConfig;
  readonly target: RedisTarget;
  /** Where the server listens; the port is known only when it does. */
  readonly address: { readonly host: string; readonly port: number };
}

/** A Redis that hangs is as good as one that is away. */
const commandTimeoutMs = 5_000;

/** Opens what the operations work with. */
export async function openDeps(opening: Opening, signal: AbortSignal): Promise<HttpDeps & AsyncDisposable> {
  const { settings, installation, http, target, address } = opening;
  const { config, log, redact } = installation;
  await using scope = new AsyncDisposableStack();
  const redis = scope.adopt(await connectFailFastRedis(target, log, signal), (it) => it.disconnect());
  redis.options.commandTimeout = commandTimeoutMs;
  const desk = scope.use(createJobDesk(redis));
  const openReader = (until: AbortSignal) => connectRedis(target, log, until);
  const health = new HealthDesk(redis, desk);
  const queues = scope.use(new Queues(redis));
  const projects = Object.entries(config.projects).map(viewOf);
  const names = projects.map(({ name }) => name);
  const metrics = new Metrics({ redis, queues, health, projects: names, botId: botIdOf(settings) });
  const feed = scope.use(await EventFeed.open({ redis, openReader, redact, onEntry: metrics.count, log }));
  const { CHARGEHAND_HOME: home, GITHUB_WEBHOOK_SECRET: github, LINEAR_WEBHOOK_SECRET: linear } = settings.environment;
  const opened = scope.move();
  return {
    ...{ desk, redis, feed, health, metrics, projects, log, redact, home },
    streams: new EventStreams(),
    trackers: config.trackers,
    webhookSecrets: { github, linear },
    card: cardPlaceOf(config),
    maxIterations: config.limits.maxIterations,
    urlOf: (path) => `${http.publicUrl ?? localUrl(address)}${path}`,
    document: openApiDocument(operations),
    stopping: signal,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** A bot's token begins with its id (core.telegram.org/bots/api, "Authorizing your bot"). */
function botIdOf({ environment }: Settings): number | undefined {
  return environment.TELEGRAM_BOT_TOKEN === undefined ? undefined : Number.parseInt(environment.TELEGRAM_BOT_TOKEN, 10);
}

function viewOf([name, project]: [string, Config["projects"][string]]): ProjectView {
  const checks = checksOf(project).map(({ category, label }) => ({ category, label }));
  return { name, main: project.main, checks, ...(project.engine !== undefined && { engine: project.engine }) };
}
