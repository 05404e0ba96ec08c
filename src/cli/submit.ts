import type { CommandContext } from "./command-line.ts";
import { exitCodes } from "./exit-code.ts";
import { composeOrder, type OrderOptions, readOrder } from "./order.ts";
import { openSession } from "./session.ts";

export interface SubmitOptions extends OrderOptions {
  readonly json?: boolean;
}

/** Orders a job and leaves it to the daemons. */
export async function submit(context: CommandContext, typed: string, options: SubmitOptions): Promise<number> {
  await using session = await openSession(context);
  const order = composeOrder(session.config(), await readOrder(typed, options), context.cwd);
  const jobId = await session.desk.submit(order);
  if (options.json) context.terminal.document({ jobId });
  else context.terminal.result(jobId);
  if ((await session.desk.daemonCount()) === 0) {
    context.terminal.note(`Nothing is running yet: job ${jobId} begins when a daemon does (chargehand up).`);
  }
  return exitCodes.ok;
}
