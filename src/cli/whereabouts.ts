import { placeOf, type Roster } from "../core/home.ts";
import type { JobId } from "../core/task.ts";
import type { DaemonView } from "./documents.ts";
import type { Session } from "./session.ts";

export interface Whereabouts {
  /** Whether there is more than one home, so that where a job is says something. */
  readonly areSeveral: boolean;
  /** Nothing for a job that no daemon has taken, or while Redis is away. */
  of(jobId: JobId): DaemonView | undefined;
}

/** Which daemon has each of these jobs. */
export async function findWhereabouts(session: Session | undefined, jobIds: readonly JobId[]): Promise<Whereabouts> {
  const [roster, places] = await Promise.all([session?.desk.roster() ?? [], session?.desk.places(jobIds)]);
  const views = new Map(roster.map((home) => [home.id, viewOf(home)]));
  return {
    areSeveral: roster.length > 1,
    of: (jobId) => views.get(places?.get(jobId)?.home ?? ""),
  };
}

export function viewOf({ id, host, path, isAtWork }: Roster[number]): DaemonView {
  return { id, host, path, isAtWork };
}

export function whereWords(daemon: DaemonView | undefined): string {
  if (daemon === undefined) return "";
  return daemon.isAtWork ? placeOf(daemon) : `${placeOf(daemon)} (not running)`;
}
