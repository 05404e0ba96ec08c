import { formatDuration } from "../core/duration.ts";
import { isTerminal, type JobState, pendingApprovals } from "../core/job.ts";
import { fullRequestId } from "../core/task.ts";
import { jobIdOf } from "../platform/job-desk.ts";
import type { CommandContext } from "./command-line.ts";
import type { DocumentOf } from "./documents.ts";
import { exitCodeOfJob, exitCodes } from "./exit-code.ts";
import { followJob, type JobNews, newestCursor } from "./follow-job.ts";
import { leaveOnInterrupt } from "./leaving.ts";
import { composeOrder, type OrderOptions, readOrder } from "./order.ts";
import { ownDaemon } from "./own-daemon.ts";
import { thisPerson } from "./person.ts";
import { clipped } from "./printable.ts";
import { createQuestioner, type Questioner } from "./questioner.ts";
import { branchOf, renderEvent, short } from "./render-event.ts";
import { spentWords, statusWords } from "./render-job.ts";
import { openSession, type Session } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export interface RunOptions extends OrderOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
  /** Commander's name for `--no-merge`: an accepted branch is enough. */
  readonly merge: boolean;
}

/** Orders a job and stays with it: shows what happens, asks what must be asked, and answers with how it ended. */
export async function runOrder(context: CommandContext, typed: string, options: RunOptions): Promise<number> {
  const { terminal } = context;
  await using session = await openSession(context);
  const order = composeOrder(session.config(), await readOrder(typed, options), context.cwd);
  await using daemon = await ownDaemon(session, terminal, order.project);

  // The cursor before the order: nothing of the job can be missed. What is known before it is an order given twice.
  const jobId = jobIdOf(fullRequestId(order));
  const cursor = await newestCursor(session.redis);
  const known = await session.desk.job(jobId);
  await session.desk.submit(order);

  using leaving = leaveOnInterrupt({ desk: session.desk, terminal, jobId, outlivesUs: !daemon.isOurs });
  const signal = AbortSignal.any([leaving.signal, daemon.stopped]);
  const news = followJob({ desk: session.desk, follower: await session.follower(), cursor, jobId, known }, signal);
  const last = await accompany({ session, terminal, options, known, news }, signal);
  signal.throwIfAborted();
  return report(terminal, last, options);
}

interface Company {
  readonly session: Session;
  readonly terminal: Terminal;
  readonly options: RunOptions;
  readonly known: JobState | undefined;
  readonly news: AsyncIterable<JobNews>;
}

/** Shows and asks until the job has ended, or rests at what `--no-merge` waits for. Answers with the last state. */
async function accompany(company: Company, signal: AbortSignal): Promise<JobState | undefined> {
  const { session, terminal, options, news } = company;
  const deps = { desk: session.desk, terminal, person: thisPerson(), assumeYes: options.yes === true };
  using questioner = createQuestioner(deps, signal);
  let state = company.known;
  using _live = showLive(terminal, () => state);

  if (state !== undefined) askOpenQuestions(questioner, state, options);
  if (state !== undefined && mayLeave(state, options)) return state;
  for await (const { state: next, entry } of news) {
    state = next;
    for (const line of renderEvent(state, entry)) terminal.note(line);
    if (entry.event.type === "approval_settled") questioner.withdraw(entry.event.approvalId);
    // Yes was said to a merge that cannot be carried out: saying it again would go round for ever.
    if (options.yes && entry.event.type === "landing_refused") return state;
    if (mayLeave(state, options)) return state;
    if (entry.event.type === "approval_requested") askOpenQuestions(questioner, state, options);
  }
  return state;
}

function askOpenQuestions(questioner: Questioner, state: JobState, { merge }: RunOptions): void {
  for (const approval of pendingApprovals(state)) {
    if (merge || approval.subject.type !== "merge") questioner.ask(approval);
  }
}

function mayLeave(state: JobState, { merge }: RunOptions): boolean {
  return isTerminal(state.status) || (!merge && waitsForMerge(state));
}

function waitsForMerge(state: JobState): boolean {
  return pendingApprovals(state).some(({ subject }) => subject.type === "merge");
}

/** Keeps one line of the screen telling what goes on, second by second. */
function showLive(terminal: Terminal, state: () => JobState | undefined): Disposable {
  const timer = setInterval(() => {
    const job = state();
    if (job === undefined) return;
    const elapsed = formatDuration(Date.now() - Date.parse(job.queuedAt));
    const step = job.steps.findLast(({ outcome }) => outcome === "running");
    const doing = step === undefined ? "" : ` · ${clipped(step.progress ?? step.label, 80)}`;
    terminal.status(`… ${statusWords(job)} · ${elapsed}${doing}`);
  }, 1_000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function report(terminal: Terminal, job: JobState | undefined, { json, merge }: RunOptions): number {
  if (job === undefined) return exitCodes.unsuccessful;
  if (json) terminal.document(job satisfies DocumentOf<"run">);
  else terminal.result(endWords(job));
  return !merge && waitsForMerge(job) ? exitCodes.ok : exitCodeOfJob(job);
}

function endWords(job: JobState): string {
  const words = `${job.id} ${waitsForMerge(job) ? "accepted" : statusWords(job)} (${spentWords(job)})`;
  if (job.mergedCommit !== undefined) return `${words}: ${short(job.mergedCommit)} is on ${job.base?.branch}`;
  if (job.accepted !== undefined) return `${words}: branch ${branchOf(job.accepted.ref)}`;
  return words;
}
