import type { JobDesk } from "./job-desk.ts";

/**
 * Where tasks come from: a chat, a terminal, HTTP, a tracker, a schedule, a list. Whatever it is, it gives orders to the
 * desk and keeps one promise, which test/contract/task-source.ts holds for all of them: what is asked for becomes one
 * job, the same request twice is the same job, and a request that nobody can carry out is refused in words.
 */
export interface TaskSource {
  /** As logs name it: "list", "schedule", "tracker shop-issues". */
  readonly name: string;
  /** Gives orders until the signal says stop, or until there are no more. It lives through a Redis that goes away. */
  run(desk: Pick<JobDesk, "submit" | "job" | "order" | "decide">, signal: AbortSignal): Promise<void>;
}
