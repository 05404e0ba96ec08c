import { AppError } from "../core/error.ts";
import type { JobState } from "../core/job.ts";
import type { JobId, OpenOrder } from "../core/task.ts";

interface Known {
  find(typed: string): Promise<JobState>;
  orders(): Promise<OpenOrder[]>;
}

/** What a person means by an id, or the beginning of one: a job, or the order that it still is. */
export type Meant =
  | { readonly jobId: JobId; readonly job: JobState; readonly order?: never }
  | { readonly jobId: JobId; readonly order: OpenOrder; readonly job?: never };

/** Throws "not-found" when nothing is called so, or several things are. */
export async function findMeant(known: Known, typed: string): Promise<Meant> {
  // Orders first: one that a daemon takes in meanwhile is a job by then.
  const [order] = ordersMeant(await known.orders(), typed);
  try {
    const job = await known.find(typed);
    return { jobId: job.id, job };
  } catch (error) {
    const isNotBegun = error instanceof AppError && error.code === "conflict";
    if (order === undefined || !isNotBegun) throw error;
    return { jobId: order.jobId, order };
  }
}

/** The orders whose id is, or begins with, what was typed; the one that it is, alone. */
export function ordersMeant(orders: readonly OpenOrder[], typed: string): OpenOrder[] {
  const wanted = typed.trim().toLowerCase();
  const matching = orders.filter(({ jobId }) => wanted !== "" && jobId.startsWith(wanted));
  const exact = matching.filter(({ jobId }) => jobId === wanted);
  return exact.length > 0 ? exact : matching;
}
