import type { Redis } from "ioredis";
import { pino } from "pino";
import type { Config } from "../core/config.ts";
import { AppError } from "../core/error.ts";
import type { JobState } from "../core/job.ts";
import { loadConfig } from "../platform/config-file.ts";
import { readEnvironment, readVariables } from "../platform/environment.ts";
import type { Settings } from "../platform/installation.ts";
import { createJobDesk, type JobDesk } from "../platform/job-desk.ts";
import { connectFailFastRedis, connectRedis, resolveRedis } from "../platform/redis.ts";
import type { CommandContext } from "./command-line.ts";

/** What a command that orders, looks or decides works with, from its first line to its last. */
export interface Session extends AsyncDisposable {
  readonly settings: Settings;
  readonly desk: JobDesk;
  readonly redis: Redis;
  config(): Config;
  /** The job a person means, or "not-found" in words for this terminal. */
  find(typed: string): Promise<JobState>;
  /** A connection for one blocking read. */
  follower(): Promise<Redis>;
}

export function readSettings({ environment, cwd }: CommandContext): Settings {
  const variables = readVariables(environment, cwd);
  return { environment: readEnvironment(variables), variables, directory: cwd };
}

/** Opens the Redis that the bot and the daemons meet in; a private one is started when nobody else has done so. */
export async function openSession(context: CommandContext): Promise<Session> {
  await using opening = new AsyncDisposableStack();
  const settings = readSettings(context);
  const { environment, directory } = settings;
  const log = pino({ level: "silent" });
  const { signal } = opening.adopt(new AbortController(), (it) => it.abort());

  const { target } = opening.use(await resolveRedis(environment, log, signal));
  const redis = opening.adopt(await connectFailFastRedis(target, log, signal), (it) => it.disconnect());
  const desk = opening.use(createJobDesk(redis));
  const scope = opening.move();
  return {
    settings,
    desk,
    redis,
    config: () => loadConfig(environment, directory),
    find: (typed) => desk.find(typed).catch(forTerminal),
    async follower() {
      return scope.adopt(await connectRedis(target, log, signal), (it) => it.disconnect());
    },
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

/** The desk speaks to the phone, where the list of jobs has another name. */
function forTerminal(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== "not-found") throw error;
  throw new AppError("not-found", error.message.replace("/jobs lists them.", '"chargehand list" shows them.'));
}
