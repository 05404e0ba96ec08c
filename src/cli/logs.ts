import type { Redis } from "ioredis";
import { AppError } from "../core/error.ts";
import type { LedgerEntry } from "../core/event.ts";
import { fold, isTerminal, type JobState } from "../core/job.ts";
import type { JobId } from "../core/task.ts";
import { followEntries } from "../platform/job-desk.ts";
import type { CommandContext } from "./command-line.ts";
import type { DocumentOf } from "./documents.ts";
import { exitCodes } from "./exit-code.ts";
import { newestCursor } from "./follow-job.ts";
import { untilInterrupted } from "./interrupt.ts";
import { openReader, type Reader, streamedEntries } from "./reader.ts";
import { renderEvent } from "./render-event.ts";
import type { Session } from "./session.ts";

export interface LogsOptions {
  readonly follow?: boolean;
  /** The last entry of the job that is known already. */
  readonly after?: number;
  readonly json?: boolean;
}

/** What happened, from the beginning; with `--follow` also what happens from here on. */
export async function logs(context: CommandContext, typed: string | undefined, options: LogsOptions): Promise<number> {
  if (options.after !== undefined && typed === undefined) {
    throw new AppError("bad-input", "--after counts the entries of one job. Name the job.");
  }
  await using reader = await openReader(context);
  const { session } = reader;
  if (session === undefined && (options.follow || typed === undefined)) throw onlyOneJob();
  const cursor = session === undefined ? "" : await newestCursor(session.redis);
  // Open before the first line is told: from then on an outage is waited out.
  const follower = options.follow ? await held(session).follower() : undefined;
  const jobId = typed === undefined ? undefined : (await reader.find(typed)).id;
  const past = jobId === undefined ? await streamedEntries(held(session).redis) : await reader.entries(jobId);
  if (options.json && !options.follow) {
    const shown = past.filter(({ sequence }) => sequence > (options.after ?? 0));
    context.terminal.document(shown satisfies DocumentOf<"logs">);
    return exitCodes.ok;
  }
  const teller = createTeller(context, options);
  for (const entry of past) teller.tell(entry);
  if (past.length === 0 && !options.follow) context.terminal.note("Nothing has happened yet.");
  if (follower !== undefined && !teller.hasEnded(jobId)) await follow(reader, follower, { cursor, jobId, teller });
  return exitCodes.ok;
}

function onlyOneJob(): AppError {
  return new AppError("redis-unavailable", "Without Redis only one job can be told, from its ledger: name it.");
}

function held(session: Session | undefined): Session {
  if (session === undefined) throw onlyOneJob();
  return session;
}

async function follow(
  reader: Reader,
  follower: Redis,
  { cursor, jobId, teller }: { cursor: string; jobId: JobId | undefined; teller: Teller },
): Promise<void> {
  using interrupted = untilInterrupted();
  for await (const { entry } of followEntries(follower, cursor, interrupted.signal)) {
    if (jobId !== undefined && entry.jobId !== jobId) continue;
    // A Redis that came back empty has lost a part of the stream; the ledger has it.
    if (teller.isMissing(entry)) for (const missed of await reader.entries(entry.jobId)) teller.tell(missed);
    teller.tell(entry);
    if (teller.hasEnded(jobId)) return;
  }
}

interface Teller {
  tell(entry: LedgerEntry): void;
  /** Whether something happened between what was told of the job and this. */
  isMissing(entry: LedgerEntry): boolean;
  hasEnded(jobId: JobId | undefined): boolean;
}

/** Tells each entry once, in its order, as lines with the time and the job; `--json --follow` as one document a line. */
function createTeller({ terminal }: CommandContext, { json, after = 0 }: LogsOptions): Teller {
  const states = new Map<JobId, JobState>();
  return {
    tell(entry) {
      const before = states.get(entry.jobId);
      if (entry.sequence <= (before?.sequence ?? 0)) return;
      // The stream forgets: a job whose beginning it no longer holds can be told only by naming it.
      const state = before === undefined && entry.event.type !== "queued" ? undefined : fold(before, entry);
      if (state !== undefined) states.set(entry.jobId, state);
      if (entry.sequence <= after) return;
      if (json) terminal.raw(`${JSON.stringify(entry)}\n`);
      else if (state !== undefined) for (const line of linesOf(state, entry)) terminal.result(line);
    },
    isMissing: ({ jobId, sequence }) => sequence > (states.get(jobId)?.sequence ?? 0) + 1,
    hasEnded(jobId) {
      const state = jobId === undefined ? undefined : states.get(jobId);
      return state !== undefined && isTerminal(state.status);
    },
  };
}

function linesOf(state: JobState, entry: LedgerEntry): string[] {
  return renderEvent(state, entry).map((line) => `${entry.at} ${entry.jobId} ${line}`);
}
