import type { Logger } from "pino";
import { AppError } from "../../core/error.ts";
import { nearest } from "../../core/nearest.ts";
import { type Tracker, TrackerError } from "../../core/tracker.ts";
import type { OpenAdapter, TrackerConnection } from "./adapter.ts";

/** Every kind of tracker: a line here and a folder beside this file, loaded when a tracker of that kind is opened. */
const adapters: Readonly<Record<string, () => Promise<OpenAdapter>>> = {
  github: async () => (await import("./github/tracker.ts")).openGitHub,
  linear: async () => (await import("./linear/tracker.ts")).openLinear,
  gitlab: async () => (await import("./gitlab/tracker.ts")).openGitLab,
  jira: async () => (await import("./jira/tracker.ts")).openJira,
};

export interface OpenTrackerOptions {
  /** The credential itself. */
  readonly token: string | undefined;
  readonly log: Logger;
  /** How long one request may take. */
  readonly timeoutMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Opens a tracker without a request. Throws a TrackerError that says what to mend when it is not well configured. */
export async function openTracker(connection: TrackerConnection, options: OpenTrackerOptions): Promise<Tracker> {
  const { log, timeoutMs = 30_000, now = Date.now } = options;
  const load = Object.hasOwn(adapters, connection.kind) ? adapters[connection.kind] : undefined;
  if (load === undefined) throw new TrackerError("unsupported_tracker_kind", unknownKind(connection.kind));
  const token = options.token?.trim() ?? "";
  if (token === "") throw new TrackerError("missing_tracker_secret", missingSecret(connection));
  const open = await load();
  return open(connection, { token, log, timeoutMs, now });
}

/** Opens a tracker of the configuration by its name there. Throws "bad-config" that says where and what to mend. */
export async function openConfigured(
  name: string,
  connection: TrackerConnection,
  options: OpenTrackerOptions,
): Promise<Tracker> {
  try {
    return await openTracker(connection, options);
  } catch (error) {
    if (!(error instanceof TrackerError)) throw error;
    throw new AppError("bad-config", `trackers.${name}: ${error.message}`, { cause: error });
  }
}

function unknownKind(kind: string): string {
  const known = Object.keys(adapters);
  const meant = nearest(kind, known);
  const remedy = meant === undefined ? `Known are ${known.join(", ")}.` : `Did you mean "${meant}"?`;
  return `There is no tracker of the kind ${JSON.stringify(kind)}. ${remedy}`;
}

function missingSecret({ kind, token }: TrackerConnection): string {
  return `The ${kind} tracker has no credential. Put one into ${token}, in the environment or in .env.`;
}
