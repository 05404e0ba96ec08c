import { AppError } from "../core/error.ts";
import { LedgerEntry } from "../core/event.ts";
import type { JobState } from "../core/job.ts";
import { keys } from "../core/queue.ts";
import { JobId, type OpenOrder } from "../core/task.ts";
import { type KeptJobs, keptJobs } from "../platform/kept-jobs.ts";
import type { CommandContext } from "./command-line.ts";
import { openSession, readSettings, type Session } from "./session.ts";

/** What a command that only looks is told, by Redis or, where it is away, by the ledgers of this machine. */
export interface Reader extends AsyncDisposable {
  /** Absent: Redis is away. */
  readonly session?: Session;
  find(typed: string): Promise<JobState>;
  /** Newest first. */
  jobs(limit: number): Promise<JobState[]>;
  /** Orders that no daemon has taken in; Redis alone knows of them. */
  orders(): Promise<OpenOrder[]>;
  patch(jobId: JobId): Promise<string | undefined>;
  /** All that is recorded of a job, as far as this machine or the stream knows it. */
  entries(jobId: JobId): Promise<LedgerEntry[]>;
}

export async function openReader(context: CommandContext): Promise<Reader> {
  const { CHARGEHAND_HOME: home } = readSettings(context).environment;
  const kept = keptJobs(home);
  try {
    return withRedis(await openSession(context), kept);
  } catch (error) {
    const isAway = error instanceof AppError && error.code === "redis-unavailable";
    if (!isAway || (await kept.ids()).length === 0) throw error;
    context.terminal.note(`chargehand: ${error.message} Until then, this is what the ledgers in ${home} say.`);
    return withoutRedis(kept);
  }
}

function withRedis(session: Session, kept: KeptJobs): Reader {
  const { desk, redis } = session;
  return {
    session,
    find: session.find,
    jobs: (limit) => desk.jobs({ limit }),
    orders: () => desk.orders(),
    patch: (jobId) => desk.patch(jobId),
    async entries(jobId) {
      const ledger = await kept.entries(jobId);
      return ledger.length > 0 ? ledger : (await streamedEntries(redis)).filter((entry) => entry.jobId === jobId);
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** What the stream of all jobs still holds. */
export async function streamedEntries(redis: Session["redis"]): Promise<LedgerEntry[]> {
  const items = await redis.xrange(keys.events, "-", "+");
  return items.flatMap(([, fields]) => LedgerEntry.safeParse(JSON.parse(fields[1] ?? "null")).data ?? []);
}

function withoutRedis(kept: KeptJobs): Reader {
  const all = async () => {
    const states = await Promise.all((await kept.ids()).map((jobId) => kept.state(jobId)));
    const known = states.filter((state) => state !== undefined);
    return known.toSorted((a, b) => b.queuedAt.localeCompare(a.queuedAt));
  };
  return {
    async find(typed) {
      const wanted = typed.trim().toLowerCase();
      const exact = JobId.safeParse(wanted).success ? await kept.state(wanted) : undefined;
      const found =
        exact === undefined ? (await all()).filter(({ id }) => wanted !== "" && id.startsWith(wanted)) : [exact];
      const [job, second] = found;
      if (second !== undefined) {
        throw new AppError("not-found", `Several jobs begin with "${wanted}". Type more of the id.`);
      }
      if (job !== undefined) return job;
      throw new AppError("not-found", `There is no job "${wanted.slice(0, 40)}" in the ledgers of this machine.`);
    },
    jobs: async (limit) => (await all()).slice(0, limit),
    orders: async () => [],
    patch: (jobId) => kept.patch(jobId),
    entries: (jobId) => kept.entries(jobId),
    async [Symbol.asyncDispose]() {},
  };
}
