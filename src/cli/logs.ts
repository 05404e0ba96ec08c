import type { Redis } from "ioredis";
import { LedgerEntry } from "../core/event.ts";
import { fold, isTerminal, type JobState } from "../core/job.ts";
import { keys } from "../core/queue.ts";
import type { JobId } from "../core/task.ts";
import { jobFiles } from "../daemon/job-files.ts";
import { followEntries } from "../platform/job-desk.ts";
import { readLedger } from "../platform/ledger-file.ts";
import type { CommandContext } from "./command-line.ts";
import { exitCodes } from "./exit-code.ts";
import { newestCursor } from "./follow-job.ts";
import { untilInterrupted } from "./interrupt.ts";
import { renderEvent } from "./render-event.ts";
import { openSession, type Session } from "./session.ts";

export interface LogsOptions {
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** What happened, from the beginning; with `--follow` also what happens from here on. */
export async function logs(context: CommandContext, typed: string | undefined, options: LogsOptions): Promise<number> {
  await using session = await openSession(context);
  const cursor = await newestCursor(session.redis);
  const jobId = typed === undefined ? undefined : (await session.find(typed)).id;
  const past = jobId === undefined ? await recentEntries(session.redis) : await entriesOf(session, jobId);
  if (options.json && !options.follow) {
    context.terminal.document(past);
    return exitCodes.ok;
  }
  const teller = createTeller(context, options);
  for (const entry of past) teller.tell(entry);
  if (options.follow && !teller.hasEnded(jobId)) await follow(session, { cursor, jobId, teller });
  return exitCodes.ok;
}

async function follow(
  session: Session,
  from: { cursor: string; jobId: JobId | undefined; teller: Teller },
): Promise<void> {
  using interrupted = untilInterrupted();
  for await (const { entry } of followEntries(await session.follower(), from.cursor, interrupted.signal)) {
    if (from.jobId !== undefined && entry.jobId !== from.jobId) continue;
    from.teller.tell(entry);
    if (from.teller.hasEnded(from.jobId)) return;
  }
}

interface Teller {
  tell(entry: LedgerEntry): void;
  hasEnded(jobId: JobId | undefined): boolean;
}

/** Tells each entry once, in its order, as lines with the time and the job; `--json --follow` as one document a line. */
function createTeller({ terminal }: CommandContext, { json }: LogsOptions): Teller {
  const states = new Map<JobId, JobState>();
  return {
    tell(entry) {
      const before = states.get(entry.jobId);
      if (entry.sequence <= (before?.sequence ?? 0)) return;
      // The stream forgets: a job whose beginning it no longer holds can be told only by naming it.
      const state = before === undefined && entry.event.type !== "queued" ? undefined : fold(before, entry);
      if (state !== undefined) states.set(entry.jobId, state);
      if (json) terminal.raw(`${JSON.stringify(entry)}\n`);
      else if (state !== undefined) for (const line of linesOf(state, entry)) terminal.result(line);
    },
    hasEnded(jobId) {
      const state = jobId === undefined ? undefined : states.get(jobId);
      return state !== undefined && isTerminal(state.status);
    },
  };
}

function linesOf(state: JobState, entry: LedgerEntry): string[] {
  return renderEvent(state, entry).map((line) => `${entry.at} ${entry.jobId} ${line}`);
}

/** The ledger where it lies on this machine; elsewhere what the stream still holds. */
async function entriesOf({ settings, redis }: Session, jobId: JobId): Promise<LedgerEntry[]> {
  const ledger = await readLedger(jobFiles(settings.environment.CHARGEHAND_HOME, jobId).ledger);
  return ledger.length > 0 ? ledger : (await recentEntries(redis)).filter((entry) => entry.jobId === jobId);
}

async function recentEntries(redis: Redis): Promise<LedgerEntry[]> {
  const items = await redis.xrange(keys.events, "-", "+");
  return items.flatMap(([, fields]) => {
    const entry = LedgerEntry.safeParse(JSON.parse(fields[1] ?? "null"));
    return entry.success ? [entry.data] : [];
  });
}
