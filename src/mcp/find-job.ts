import { AppError } from "../core/error.ts";
import type { JobState } from "../core/job.ts";
import type { McpDeps } from "./deps.ts";
import { type JobView, viewOf, viewOfOrder } from "./views.ts";

/** The job that is meant, also while it is an order that no daemon has taken in. */
export async function findJob(deps: Pick<McpDeps, "desk" | "config">, typed: string): Promise<JobView> {
  const order = (await deps.desk.orders()).find(({ jobId }) => jobId === typed.trim().toLowerCase());
  return order === undefined ? viewOf(await findState(deps, typed), deps.config.mcp) : viewOfOrder(order);
}

/** The job that is meant, which a daemon has taken in. */
export async function findState({ desk }: Pick<McpDeps, "desk">, typed: string): Promise<JobState> {
  try {
    return await desk.find(typed);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "not-found") throw error;
    throw new AppError(
      "not-found",
      error.message.replace("/jobs lists them.", 'The tool "status" lists the open ones.'),
    );
  }
}
