import type { Logger } from "pino";
import type { ChatPlace } from "../../core/task.ts";
import type { Tracker } from "../../core/tracker.ts";
import type { TrackerConfig } from "../../core/tracker-config.ts";
import type { JobDesk } from "../../platform/job-desk.ts";
import type { Claims } from "./claims.ts";

/** What a look at one tracker needs. */
export interface LookDeps {
  /** The tracker's name in the configuration. */
  readonly name: string;
  readonly config: TrackerConfig;
  readonly tracker: Tracker;
  readonly desk: Pick<JobDesk, "submit" | "job" | "order" | "decide">;
  readonly claims: Claims;
  readonly card: ChatPlace | undefined;
  readonly redact: (text: string) => string;
  readonly log: Logger;
  /** Asks for another look at this time. */
  readonly lookAgainAt: (time: Date) => Promise<void>;
}
