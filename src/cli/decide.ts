import { type Approval, ApprovalId, type ApprovalSubject, type Choice } from "../core/approval.ts";
import { AppError } from "../core/error.ts";
import { isTerminal, type JobState, pendingApprovals } from "../core/job.ts";
import type { Decision, PersonalDecision } from "../core/queue.ts";
import { whyItWaits } from "./attendance.ts";
import type { CommandContext } from "./command-line.ts";
import type { DocumentOf } from "./documents.ts";
import { effectOf } from "./effect.ts";
import { exitCodes } from "./exit-code.ts";
import { followJob, newestCursor } from "./follow-job.ts";
import { findMeant } from "./meant.ts";
import { thisPerson } from "./person.ts";
import { printable } from "./printable.ts";
import { statusWords } from "./render-job.ts";
import { openSession, type Session } from "./session.ts";

/** Those that answer a question or stop a job. */
type DecisionName = "approve" | "deny" | "merge" | "change" | "keep" | "take" | "discard" | "cancel";

export interface DecideOptions {
  readonly json?: boolean;
  readonly timeout: number;
}

/** Settles the one open question of this kind that a job, or an approval id, stands for. */
export async function settle(
  context: CommandContext,
  typed: string,
  answer: { subject: ApprovalSubject["type"]; choice: Choice; advice?: string | undefined },
  options: DecideOptions,
): Promise<number> {
  await using session = await openSession(context);
  const { job, approval } = await findQuestion(session, typed, answer.subject);
  const { choice, advice } = answer;
  const decision: PersonalDecision = {
    type: "settle",
    jobId: job.id,
    approvalId: approval.id,
    choice,
    by: thisPerson(),
    ...(advice !== undefined && { advice }),
  };
  return await decideAndSee(context, session, { job, decision }, options);
}

export async function cancel(context: CommandContext, typed: string, options: DecideOptions): Promise<number> {
  await using session = await openSession(context);
  const find = { find: session.find, orders: () => session.desk.orders() };
  const { jobId, job } = await findMeant(find, typed);
  if (job !== undefined && isTerminal(job.status) && job.status !== "cancelled") {
    throw new AppError("conflict", `Job ${job.id} has ended (${statusWords(job)}); there is nothing to cancel.`);
  }
  const decision: PersonalDecision = { type: "cancel", jobId, by: thisPerson() };
  return await decideAndSee(context, session, { job, decision }, options);
}

async function findQuestion(
  session: Session,
  typed: string,
  subject: ApprovalSubject["type"],
): Promise<{ job: JobState; approval: Approval }> {
  const asked = ApprovalId.safeParse(typed).success ? await session.desk.approval(typed) : undefined;
  const job = asked?.job ?? (await session.find(typed));
  const open = pendingApprovals(job).filter(({ id }) => asked === undefined || id === asked.approval.id);
  const [approval, second] = open.filter((it) => it.subject.type === subject);
  if (approval === undefined) throw nothingToAnswer(job, open, subject);
  if (second !== undefined) {
    const ids = open.map(({ id }) => id).join(", ");
    throw new AppError("conflict", `Job ${job.id} asks several things. Name one of them: ${ids}.`);
  }
  return { job, approval };
}

function nothingToAnswer(job: JobState, open: readonly Approval[], subject: ApprovalSubject["type"]): AppError {
  if (subject === "command" && open.some((it) => it.subject.type === "merge")) {
    return new AppError("conflict", `Job ${job.id} asks about its merge: chargehand merge ${job.id}, or discard.`);
  }
  return new AppError("conflict", `Job ${job.id} does not ask for that now; it is ${statusWords(job)}.`);
}

interface Decided {
  /** Absent while it is an order that no daemon has taken in. */
  readonly job: JobState | undefined;
  readonly decision: PersonalDecision;
}

/** Records the decision and stays until it has taken effect, because "recorded" is not yet "merged". */
async function decideAndSee(
  { terminal }: CommandContext,
  session: Session,
  { job, decision }: Decided,
  { json, timeout }: DecideOptions,
): Promise<number> {
  const cursor = await newestCursor(session.redis);
  const { recorded, first } = await session.desk.decide(decision);
  if (!recorded && first.type === "settle") throw answeredBefore(first);
  const done =
    job !== undefined && isTerminal(job.status)
      ? { state: job, effect: "taken" }
      : await seeEffect(session, { job, decision, cursor }, timeout);
  if (json) terminal.document(done.state satisfies DocumentOf<DecisionName>);
  else
    terminal.result(
      `${done.state.id} ${statusWords(done.state)}${done.state.reason === undefined ? "" : `: ${printable(done.state.reason)}`}`,
    );
  return done.effect === "taken" ? exitCodes.ok : exitCodes.unsuccessful;
}

async function seeEffect(
  session: Session,
  { job, decision, cursor }: Decided & { cursor: string },
  timeoutMs: number,
): Promise<{ state: JobState; effect: "taken" | "refused" }> {
  const obstacle = await whyItWaits(session.desk, decision.jobId);
  if (obstacle !== undefined)
    throw new AppError("redis-unavailable", `Recorded, and not carried out yet. ${obstacle} (chargehand up)`);
  const deadline = AbortSignal.timeout(timeoutMs);
  const follow = { desk: session.desk, follower: await session.follower(), cursor, jobId: decision.jobId, known: job };
  for await (const news of followJob(follow, deadline)) {
    const effect = effectOf(decision, news);
    if (effect !== undefined) return { state: news.state, effect };
  }
  throw new AppError(
    "timeout",
    `Recorded, but job ${decision.jobId} has not acted on it yet: chargehand status ${decision.jobId}.`,
  );
}

function answeredBefore({ by, choice }: Extract<Decision, { type: "settle" }>): AppError {
  return new AppError("conflict", `${printable(by.name)} answered before: ${choice.replaceAll("_", " ")}.`);
}
