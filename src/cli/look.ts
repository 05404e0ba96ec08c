import { AppError } from "../core/error.ts";
import { homesAtWork } from "../core/home.ts";
import { isTerminal, type JobState } from "../core/job.ts";
import type { OpenOrder } from "../core/task.ts";
import { obstacleWords, rosterWords, strandedJobs, strandedOrders, whyItWaits } from "./attendance.ts";
import type { CommandContext } from "./command-line.ts";
import type { DocumentOf } from "./documents.ts";
import { exitCodeOfJob, exitCodes } from "./exit-code.ts";
import { followJob, newestCursor } from "./follow-job.ts";
import { findMeant } from "./meant.ts";
import { clipped, printable } from "./printable.ts";
import { openReader, type Reader } from "./reader.ts";
import { renderJob, renderJobs, statusWords } from "./render-job.ts";
import { dueWords } from "./schedules.ts";
import { openSession } from "./session.ts";

export interface LookOptions {
  readonly json?: boolean;
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
  await using reader = await openReader(context);
  // Awaited here: the reader is closed with this function.
  return await (typed === undefined ? overview(context, reader, { json }) : oneJob(context, reader, typed, { json }));
}

async function oneJob(
  { terminal }: CommandContext,
  reader: Reader,
  typed: string,
  { json }: LookOptions,
): Promise<number> {
  const { job, order } = await findMeant(reader, typed);
  if (order !== undefined) {
    if (json) terminal.document({ order } satisfies DocumentOf<"status">);
    else terminal.result(waitingWords(order));
    return exitCodes.ok;
  }
  if (json) terminal.document(job satisfies DocumentOf<"status">);
  else terminal.result(renderJob(job, new Date()));
  return exitCodes.ok;
}

function waitingWords(order: OpenOrder): string {
  const { jobId, project, text, requestedBy } = order;
  return [
    `${jobId}  ${untilWords(order, "waits for a daemon (chargehand up)")}  ${project}`,
    `task: ${clipped(text, 500)}`,
    `ordered by ${printable(requestedBy.name)}`,
  ].join("\n");
}

function untilWords({ dueAt, isCancelled }: OpenOrder, waiting = "waits for a daemon"): string {
  if (isCancelled) return "cancelled; the next daemon records it";
  return dueAt === undefined ? waiting : `begins at ${dueWords(dueAt)}`;
}

async function overview({ terminal }: CommandContext, reader: Reader, { json }: LookOptions): Promise<number> {
  const desk = reader.session?.desk;
  const open = (await reader.jobs(1_000)).filter((job) => !isTerminal(job.status));
  const orders = await reader.orders();
  const toBegin = orders.filter(({ isCancelled }) => !isCancelled);
  const roster = (await desk?.roster()) ?? null;
  const daemons = roster && homesAtWork(roster);
  const places = (await desk?.places(open.map(({ id }) => id))) ?? new Map();
  const stranded = roster === null ? [] : [...strandedOrders(roster, toBegin), ...strandedJobs(roster, places)];
  if (json) terminal.document({ daemons, jobs: open, orders, stranded } satisfies DocumentOf<"status">);
  else {
    const who = roster === null ? [] : rosterWords(roster);
    // That nobody is at work was said, and is why everything waits.
    const marks = daemons?.length === 0 ? [] : stranded.map(obstacleWords);
    terminal.result([...who, ...openWords(open), ...orders.map(waitingLine), ...marks].join("\n"));
  }
  return exitCodes.ok;
}

function waitingLine(order: OpenOrder): string {
  return `${order.jobId}  ${untilWords(order)}  ${order.project}  ${clipped(order.text, 60)}`;
}

function openWords(open: readonly JobState[]): string[] {
  return open.length === 0 ? ["No job is open."] : [renderJobs(open, new Date())];
}

export async function diff(context: CommandContext, typed: string, { json }: LookOptions): Promise<number> {
  await using reader = await openReader(context);
  const job = await reader.find(typed);
  const patch = await reader.patch(job.id);
  if (patch === undefined) throw new AppError("not-found", `Job ${job.id} has no diff yet; it is ${statusWords(job)}.`);
  if (json) context.terminal.document({ jobId: job.id, patch } satisfies DocumentOf<"diff">);
  else context.terminal.raw(patch);
  return exitCodes.ok;
}

/** Stays until the job has ended, and answers with how. */
export async function wait(context: CommandContext, typed: string, options: WaitOptions): Promise<number> {
  await using session = await openSession(context);
  const { terminal } = context;
  const cursor = await newestCursor(session.redis);
  const find = { find: session.find, orders: () => session.desk.orders() };
  const { jobId, job: known, order } = await findMeant(find, typed);
  const obstacle = known && isTerminal(known.status) ? undefined : await whyItWaits(session.desk, jobId);
  if (obstacle !== undefined) terminal.note(obstacle);

  const deadline = AbortSignal.timeout(options.timeout);
  let last = known;
  const follow = { desk: session.desk, follower: await session.follower(), cursor, jobId, known };
  for await (const { state } of followJob(follow, deadline)) {
    if (state.status !== last?.status) terminal.note(`${jobId} ${statusWords(state)}`);
    last = state;
  }
  if (last === undefined) throw new AppError("timeout", `Job ${jobId} has not begun yet${dueClause(order)}.`);
  if (!isTerminal(last.status)) throw new AppError("timeout", `Job ${jobId} has not ended yet: ${statusWords(last)}.`);
  if (options.json) terminal.document(last satisfies DocumentOf<"wait">);
  else terminal.result(renderJob(last, new Date()));
  return exitCodeOfJob(last);
}

function dueClause(order: OpenOrder | undefined): string {
  if (order?.isCancelled) return "; it was cancelled, and the next daemon records that";
  return order?.dueAt === undefined ? "" : `; it begins at ${dueWords(order.dueAt)}`;
}
