import { AppError } from "../core/error.ts";
import { isTerminal, type JobState, JobStatus } from "../core/job.ts";
import type { CommandContext } from "./command-line.ts";
import { exitCodes } from "./exit-code.ts";
import { followJob, newestCursor } from "./follow-job.ts";
import { renderJob, renderJobs, statusWords } from "./render-job.ts";
import { openSession } from "./session.ts";

export interface LookOptions {
  readonly json?: boolean;
}

export interface ListOptions extends LookOptions {
  readonly status?: string;
  readonly limit: number;
}

export interface WaitOptions extends LookOptions {
  readonly timeout: number;
}

/** One job in full, or how things stand: who is at work and what has not ended. */
export async function status(
  context: CommandContext,
  typed: string | undefined,
  { json }: LookOptions,
): Promise<number> {
  await using session = await openSession(context);
  const { terminal } = context;
  if (typed !== undefined) {
    const job = await session.find(typed);
    if (json) terminal.document(job);
    else terminal.result(renderJob(job, new Date()));
    return exitCodes.ok;
  }
  const daemons = await session.desk.daemonCount();
  const open = (await session.desk.jobs({ limit: 1_000 })).filter((job) => !isTerminal(job.status));
  if (json) terminal.document({ daemons, jobs: open });
  else terminal.result([daemonWords(daemons), ...openWords(open)].join("\n"));
  return exitCodes.ok;
}

function daemonWords(count: number): string {
  return count === 0
    ? "No daemon is at work. Start one: chargehand up"
    : `${count} ${count === 1 ? "daemon" : "daemons"} at work.`;
}

function openWords(open: readonly JobState[]): string[] {
  return open.length === 0 ? ["No job is open."] : [renderJobs(open, new Date())];
}

export async function list(context: CommandContext, options: ListOptions): Promise<number> {
  await using session = await openSession(context);
  const wanted = options.status === undefined ? undefined : readStatus(options.status);
  const jobs = await session.desk.jobs({ limit: wanted === undefined ? options.limit : 1_000 });
  const shown = jobs.filter((job) => wanted === undefined || job.status === wanted).slice(0, options.limit);
  if (options.json) context.terminal.document(shown);
  else if (shown.length > 0) context.terminal.result(renderJobs(shown, new Date()));
  else context.terminal.note('There are no such jobs. Order one: chargehand run "…"');
  return exitCodes.ok;
}

function readStatus(typed: string): JobStatus {
  const status = JobStatus.safeParse(typed);
  if (status.success) return status.data;
  throw new AppError("bad-input", `There is no status "${typed}". Statuses: ${JobStatus.options.join(", ")}.`);
}

export async function diff(context: CommandContext, typed: string, { json }: LookOptions): Promise<number> {
  await using session = await openSession(context);
  const job = await session.find(typed);
  const patch = await session.desk.patch(job.id);
  if (patch === undefined) throw new AppError("not-found", `Job ${job.id} has no diff yet; it is ${statusWords(job)}.`);
  if (json) context.terminal.document({ jobId: job.id, patch });
  else context.terminal.raw(patch);
  return exitCodes.ok;
}

/** Stays until the job has ended, and answers with how. */
export async function wait(context: CommandContext, typed: string, options: WaitOptions): Promise<number> {
  await using session = await openSession(context);
  const { terminal } = context;
  const cursor = await newestCursor(session.redis);
  const known = await session.find(typed);
  if (!isTerminal(known.status) && (await session.desk.daemonCount()) === 0) terminal.note(daemonWords(0));

  const deadline = AbortSignal.timeout(options.timeout);
  let last = known;
  const follow = { desk: session.desk, follower: await session.follower(), cursor, jobId: known.id, known };
  for await (const { state } of followJob(follow, deadline)) {
    if (state.status !== last.status) terminal.note(`${known.id} ${statusWords(state)}`);
    last = state;
  }
  if (!isTerminal(last.status))
    throw new AppError("timeout", `Job ${known.id} has not ended yet; it is ${statusWords(last)}.`);
  if (options.json) terminal.document(last);
  else terminal.result(renderJob(last, new Date()));
  return last.status === "done" ? exitCodes.ok : exitCodes.unsuccessful;
}
