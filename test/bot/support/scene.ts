import type { Redis } from "ioredis";
import { pino } from "pino";
import { type ServeBotOptions, serveBot } from "../../../src/bot/serve.ts";
import { BotStatus } from "../../../src/bot/status.ts";
import { Config } from "../../../src/core/config.ts";
import type { BotApi } from "../../../src/emulators/bot-api/bot-api.ts";
import type { Person } from "../../../src/emulators/bot-api/person.ts";
import { type BotApiOptions, startBotApi } from "../../../src/emulators/bot-api/server.ts";
import { connectRedis } from "../../../src/platform/redis.ts";
import { startTestRedis, type TestRedis } from "../../support/redis.ts";
import { DaemonDouble } from "./daemon-double.ts";

export interface SceneOptions {
  readonly projects?: readonly string[];
  readonly access?: Readonly<Record<string, readonly number[]>>;
  readonly botApi?: BotApiOptions;
  readonly redis?: TestRedis;
  /** Default: as fast as it goes. */
  readonly bot?: Partial<ServeBotOptions>;
}

/** The real bot between an emulated Telegram and a real Redis, with a double in the daemon's place. */
export interface Scene extends AsyncDisposable {
  readonly botApi: BotApi;
  readonly redis: Redis;
  readonly server: TestRedis;
  readonly daemon: DaemonDouble;
  /** An owner. */
  readonly ann: Person;
  readonly status: BotStatus;
  startsBot(options?: Partial<ServeBotOptions>): RunningBot;
}

export interface RunningBot {
  /** How it ended: nothing, or why it failed. */
  readonly end: Promise<unknown>;
  stops(): Promise<void>;
}

export const hurried = { chatMs: () => 0, overallMs: 0, perSecond: Infinity };

export async function startScene(options: SceneOptions = {}): Promise<Scene> {
  await using opening = new AsyncDisposableStack();
  const botApi = opening.use(await startBotApi(options.botApi));
  const server = opening.use(options.redis ?? (await startTestRedis()));
  const log = pino({ level: "silent" });
  const connecting = connectRedis(server.target, log, AbortSignal.timeout(30_000));
  const redis = opening.adopt(await connecting, (it) => it.disconnect());
  const daemon = opening.use(await DaemonDouble.start(redis, server.target));
  const status = new BotStatus();
  const bots = opening.adopt(new Set<RunningBot>(), async (running) => {
    await Promise.all([...running].map((bot) => bot.stops()));
  });
  const scope = opening.move();
  return {
    botApi,
    redis,
    server,
    daemon,
    ann: botApi.person({ id: 1001, firstName: "Ann" }),
    status,
    startsBot(more = {}) {
      const stopping = new AbortController();
      const settings = {
        config: configOf(options),
        token: botApi.token,
        apiRoot: botApi.apiRoot,
        redis: server.target,
      };
      const given = {
        ...settings,
        log,
        redact: (text: string) => text,
        status,
        pace: hurried,
        ...options.bot,
        ...more,
      };
      const end = serveBot(given, stopping.signal).then(
        () => undefined,
        (error: unknown) => error,
      );
      const bot = {
        end,
        async stops() {
          stopping.abort();
          await end;
        },
      };
      bots.add(bot);
      return bot;
    },
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

/** The scene with its bot at work. */
export async function startScenePlaying(options: SceneOptions = {}): Promise<Scene & { readonly bot: RunningBot }> {
  const scene = await startScene(options);
  const bot = scene.startsBot();
  await scene.botApi.until(() => scene.botApi.isPolled);
  return Object.assign(scene, { bot });
}

export function configOf({ projects = ["shop"], access = { owners: [1001] } }: SceneOptions): Config {
  const checks = { test: [{ label: "unit", cmd: "npm test" }] };
  return Config.parse({
    access,
    projects: Object.fromEntries(projects.map((name) => [name, { baseDir: `/srv/${name}`, checks }])),
  });
}
