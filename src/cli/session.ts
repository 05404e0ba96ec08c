import type { Redis } from "ioredis";
import { pino } from "pino";
import type { Config } from "../core/config.ts";
import { AppError } from "../core/error.ts";
import type { JobState } from "../core/job.ts";
import type { OpenOrder } from "../core/task.ts";
import { loadConfig } from "../platform/config-file.ts";
import { readEnvironment, readVariables } from "../platform/environment.ts";
import type { Settings } from "../platform/installation.ts";
import { createJobDesk, type JobDesk } from "../platform/job-desk.ts";
import { connectFailFastRedis, connectRedis, resolveRedis } from "../platform/redis.ts";
import type { CommandContext } from "./command-line.ts";
import { ordersMeant } from "./meant.ts";

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
    find: (typed) => findBegun(desk, typed),
    async follower() {
      return scope.adopt(await connectRedis(target, log, signal), (it) => it.disconnect());
    },
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

/** The job, or why it cannot be told of yet: an order that no daemon has taken in has no state, but it is there. */
async function findBegun(desk: JobDesk, typed: string): Promise<JobState> {
  try {
    return await desk.find(typed);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "not-found" || error.message.startsWith("Several")) throw error;
  }
  const [order, second] = ordersMeant(await desk.orders(), typed);
  if (second !== undefined) {
    throw new AppError("not-found", `Several jobs begin with "${typed.trim()}". Type more of the id.`);
  }
  if (order !== undefined) throw notBegun(order);
  // A daemon may have taken it in between the two looks.
  return desk.find(typed).catch(forTerminal);
}

function notBegun({ jobId, dueAt, isCancelled }: OpenOrder): AppError {
  if (isCancelled)
    return new AppError("conflict", `Job ${jobId} was cancelled before it began. chargehand status ${jobId} shows it.`);
  const why = dueAt === undefined ? "no daemon has taken it yet" : `it is due at ${dueAt}`;
  return new AppError("conflict", `Job ${jobId} has not begun: ${why}. chargehand status ${jobId} shows it.`);
}

/** The desk speaks to the phone, where the list of jobs has another name. */
function forTerminal(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== "not-found") throw error;
  throw new AppError("not-found", error.message.replace("/jobs lists them.", '"chargehand list" shows them.'));
}
