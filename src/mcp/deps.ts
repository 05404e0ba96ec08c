import type { Config } from "../core/config.ts";
import type { Person } from "../core/task.ts";
import type { FollowedEntry, JobDesk } from "../platform/job-desk.ts";
import type { KeptJobs } from "../platform/kept-jobs.ts";

/** What the tools and resources work with. */
export interface McpDeps {
  readonly config: Config;
  readonly desk: JobDesk;
  readonly kept: KeptJobs;
  /** Who this server runs for, as the operating system knows them. */
  readonly user: Pick<Person, "id" | "name">;
  /** Chargehand's own version. */
  readonly version: string;
  /** All jobs' entries from the moment in which the promise settles, until the signal. */
  readonly follow: (signal: AbortSignal) => Promise<AsyncIterable<FollowedEntry>>;
  /** Takes secrets out of whatever is said: the client is an agent, and what it reads goes to its model. */
  readonly redact: (text: string) => string;
  /** For whoever reads the client's log: nothing but the protocol may go to stdout. */
  readonly note: (text: string) => void;
}
