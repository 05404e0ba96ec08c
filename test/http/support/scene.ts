import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Redis } from "ioredis";
import { pino } from "pino";
import { Decision, queueNames } from "../../../src/core/queue.ts";
import { JobBook } from "../../../src/daemon/job-book.ts";
import { runHttp } from "../../../src/http/main.ts";
import { readEnvironment } from "../../../src/platform/environment.ts";
import { createJobDesk, type JobDesk } from "../../../src/platform/job-desk.ts";
import { Queues } from "../../../src/platform/queues.ts";
import { connectRedis } from "../../../src/platform/redis.ts";
import { homeId } from "../../cli/support/scene.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";

export const token = "a-token-of-the-tests-0123456789";
export const githubSecret = "signs-for-github-in-tests";
export const linearSecret = "signs-for-linear-in-tests";

export interface HttpScene extends AsyncDisposable {
  readonly url: string;
  readonly redis: Redis;
  readonly desk: JobDesk;
  /** Records what happens to jobs as a daemon does. */
  readonly book: JobBook;
  readonly home: string;
  /** With the token unless another header says otherwise. */
  request(path: string, options?: RequestOptions): Promise<Response>;
  post(path: string, body: unknown, options?: RequestOptions): Promise<Response>;
  /** Ends the server and starts it anew, on the same Redis. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal;
}

export interface SceneOptions {
  readonly redis?: TestRedis;
  readonly http?: Readonly<Record<string, unknown>>;
  readonly projects?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The real server over real HTTP, with a Redis and the pen of a daemon, but no daemon. */
export async function startHttpScene(options: SceneOptions = {}): Promise<HttpScene> {
  await using opening = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "chargehand-http-"));
  opening.defer(() => rm(directory, { recursive: true, force: true }));
  const { target, path } = options.redis ?? opening.use(await startTestRedis());
  const log = pino({ enabled: false });
  const redis = opening.adopt(await connectRedis(target, log, AbortSignal.timeout(30_000)), (it) => it.disconnect());
  const home = join(directory, "home");
  const book = opening.use(new JobBook({ home, homeId, redis }));
  const desk = opening.use(createJobDesk(redis));
  await writeFile(join(directory, "chargehand.yaml"), JSON.stringify(configFor(directory, options)));
  const variables = {
    HOME: directory,
    CHARGEHAND_HOME: home,
    REDIS_URL: path,
    LOG_LEVEL: "silent",
    CHARGEHAND_HTTP_TOKEN: token,
    GITHUB_WEBHOOK_SECRET: githubSecret,
    LINEAR_WEBHOOK_SECRET: linearSecret,
    GITHUB_TOKEN: "token-of-the-tracker-1234",
    ...options.environment,
  };
  const settings = { environment: readEnvironment(variables), variables, directory };
  let server = await serve(settings);
  opening.defer(() => server.stop());
  const scope = opening.move();

  const request = (to: string, { headers, ...init }: RequestOptions = {}) =>
    fetch(`${server.url}${to}`, { ...init, headers: { authorization: `Bearer ${token}`, ...headers } });
  return {
    get url() {
      return server.url;
    },
    ...{ redis, desk, book, home, request },
    post: (to, body, { headers, ...init } = {}) =>
      request(to, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", ...headers },
        ...init,
      }),
    stop: () => server.stop(),
    async restart() {
      await server.stop();
      server = await serve(settings);
    },
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

async function serve(settings: Parameters<typeof runHttp>[0]) {
  const stopping = new AbortController();
  const ready = Promise.withResolvers<string | undefined>();
  const running = runHttp({ ...settings, onReady: ready.resolve }, stopping.signal);
  running.catch(ready.reject);
  const url = (await ready.promise) ?? "";
  return {
    url,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

function configFor(directory: string, { http = {}, projects = ["shop", "blog"] }: SceneOptions) {
  const checks = { test: [{ label: "unit", cmd: "node --test" }] };
  return {
    access: { owners: [1001] },
    projects: Object.fromEntries(projects.map((name) => [name, { baseDir: join(directory, name), checks }])),
    trackers: {
      issues: { kind: "github", project: "shop", token: "GITHUB_TOKEN", provider: { repository: "ann/shop" } },
      board: { kind: "linear", project: "shop", token: "GITHUB_TOKEN" },
    },
    http: { port: 0, ...http },
  };
}

/** What is wrong, as the server says it. */
export async function errorOf(response: Response): Promise<{
  code: string;
  message: string;
  fields?: { path: string; message: string }[];
}> {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return error;
}

/** The decisions that wait for a daemon. */
export async function decisionsIn(redis: Redis): Promise<Decision[]> {
  await using queues = new Queues(redis);
  const names = [queueNames.decisions(homeId), ...["shop", "blog"].map(queueNames.intake)];
  const waiting = await Promise.all(names.map((name) => queues.of(name).getWaiting()));
  return waiting.flat().flatMap(({ data }) => Decision.safeParse(data).data ?? []);
}
