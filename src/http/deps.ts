import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { ChatPlace } from "../core/task.ts";
import type { TrackerKind } from "../core/tracker-config.ts";
import type { JobDesk } from "../platform/job-desk.ts";
import type { EventFeed } from "./event-feed.ts";
import type { EventStreams } from "./event-stream.ts";
import type { HealthDesk } from "./health-desk.ts";
import type { Metrics } from "./metrics/metrics.ts";

/** What the operations work with. */
export interface HttpDeps {
  readonly desk: JobDesk;
  /** Fails fast: whoever asks has to be answered. */
  readonly redis: Redis;
  readonly feed: EventFeed;
  readonly streams: EventStreams;
  readonly health: HealthDesk;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly redact: (text: string) => string;
  readonly projects: readonly ProjectView[];
  readonly trackers: Readonly<Record<string, { readonly kind: TrackerKind }>>;
  readonly webhookSecrets: { readonly github?: string | undefined; readonly linear?: string | undefined };
  /** Where jobs that were ordered here are shown and asked about. */
  readonly card: ChatPlace | undefined;
  /** How many attempts a job has, to show one that no daemon has taken in yet. */
  readonly maxIterations: number;
  /** Where the jobs' folders are, if they are on this machine. */
  readonly home: string;
  /** The address of a path of this server, as others reach it. */
  readonly urlOf: (path: string) => string;
  /** What `/openapi.json` answers. */
  readonly document: object;
  /** Ends what would go on for ever: the server is stopping. */
  readonly stopping: AbortSignal;
}

export interface ProjectView {
  readonly name: string;
  readonly main: string;
  readonly checks: readonly { readonly category: string; readonly label: string }[];
  readonly engine?: string | undefined;
}
