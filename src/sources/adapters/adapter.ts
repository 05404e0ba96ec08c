import type { Logger } from "pino";
import type { Tracker } from "../../core/tracker.ts";

/** What an adapter needs to know of a configured tracker; a TrackerConfig is one. */
export interface TrackerConnection {
  readonly kind: string;
  /** The adapter's own settings, as they were written. */
  readonly provider: Readonly<Record<string, unknown>>;
  /** The variable in which the credential is expected. */
  readonly token: string;
  readonly activeStates: readonly string[];
  readonly terminalStates: readonly string[];
  readonly inProgress: { readonly state?: string | undefined };
  readonly handoff: { readonly state?: string | undefined };
}

/** Every state that the configuration names, for whatever purpose. */
export function statesOf({ activeStates, terminalStates, inProgress, handoff }: TrackerConnection): string[] {
  return [...activeStates, ...terminalStates, inProgress.state, handoff.state].filter((it) => it !== undefined);
}

export interface AdapterDeps {
  readonly token: string;
  readonly log: Logger;
  /** How long one request may take. */
  readonly timeoutMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Makes a tracker of a connection, without a request. Throws a TrackerError when its settings cannot be. */
export type OpenAdapter = (connection: TrackerConnection, deps: AdapterDeps) => Tracker;
