import { AppError } from "../core/error.ts";
import { whyOrderWaits } from "../core/home.ts";
import type { CommandContext } from "./command-line.ts";
import type { DocumentOf } from "./documents.ts";
import { exitCodes } from "./exit-code.ts";
import { composeOrder, type OrderOptions, readOrder } from "./order.ts";
import { dueWords } from "./schedules.ts";
import { openSession } from "./session.ts";

export interface SubmitOptions extends OrderOptions {
  readonly json?: boolean;
  /** When it is to begin, in milliseconds since 1970. */
  readonly at?: number;
  /** How long from now, in milliseconds. */
  readonly in?: number;
}

/** Orders a job and leaves it to the daemons. */
export async function submit(context: CommandContext, typed: string, options: SubmitOptions): Promise<number> {
  const dueAt = dueAtOf(options, Date.now());
  await using session = await openSession(context);
  const order = composeOrder(session.config(), await readOrder(typed, options), context.cwd);
  const jobId = await session.desk.submit({ ...order, ...(dueAt && { dueAt }) });
  if (options.json) context.terminal.document({ jobId } satisfies DocumentOf<"submit">);
  else context.terminal.result(jobId);
  if (dueAt !== undefined)
    context.terminal.note(`It begins at ${dueWords(dueAt)}; chargehand cancel ${jobId} takes it back.`);
  const obstacle = whyOrderWaits(await session.desk.roster(), order.project);
  if (obstacle !== undefined) context.terminal.note(`Job ${jobId} is ordered. ${obstacle} (chargehand up)`);
  return exitCodes.ok;
}

const longestWaitMs = 366 * 24 * 3_600_000;

function dueAtOf({ at, in: later }: SubmitOptions, now: number): string | undefined {
  const due = at ?? (later === undefined ? undefined : now + later);
  if (due === undefined) return undefined;
  const time = new Date(due).toISOString();
  if (due <= now)
    throw new AppError("bad-input", `${time} is past. Name a time to come, or leave --at out to begin now.`);
  if (due > now + longestWaitMs)
    throw new AppError("bad-input", `${time} is more than a year away. Name an earlier time.`);
  return time;
}
