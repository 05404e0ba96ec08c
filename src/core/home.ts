import { z } from "zod";
import { ProjectName } from "./task.ts";

/** What a `CHARGEHAND_HOME` is called for as long as it exists: twelve letters and digits, made at random, once. */
export const HomeId = z.string().regex(/^[a-z0-9]{12}$/);
export type HomeId = z.infer<typeof HomeId>;

/** A home, as the daemon that works in it announces itself to everybody on the same Redis. */
export const Home = z.object({
  id: HomeId,
  host: z.string(),
  /** Where it lies on that host. */
  path: z.string(),
  /** The projects whose orders its daemon takes. */
  projects: z.array(ProjectName),
  /** The projects of its configuration that are not on its machine. */
  absent: z.array(ProjectName).default([]),
  /** Those of them whose orders would have to wait in line there now. */
  full: z.array(ProjectName).default([]),
  /** What tells the configuration apart that its daemon began with: SHA-256. */
  configuration: z.string().optional(),
  /** When its daemon began. */
  since: z.iso.datetime(),
  /** The number Redis gave to the connection that announced it. */
  connection: z.number().int(),
});
export type Home = z.infer<typeof Home>;

/** Every home that was ever announced, and whether a daemon is at work in it now. */
export type Roster = readonly (Home & { readonly isAtWork: boolean })[];

export function homesAtWork(roster: Roster, project?: string): Home[] {
  return roster.filter(({ isAtWork, projects }) => isAtWork && (project === undefined || projects.includes(project)));
}

/** Whether an order for the project could begin at once in another home than this one. */
export function isFreeElsewhere(roster: Roster, project: string, homeId: HomeId): boolean {
  return homesAtWork(roster, project).some(({ id, full }) => id !== homeId && !full.includes(project));
}

/** Why an order waits that no daemon has taken yet, in a sentence; nothing where a daemon takes it soon. */
export function whyOrderWaits(roster: Roster, project: string): string | undefined {
  if (homesAtWork(roster, project).length > 0) return undefined;
  return homesAtWork(roster).length === 0
    ? "No daemon is running. The job starts as soon as one does."
    : `No daemon at work has the project ${project}. The job starts as soon as one does.`;
}

/** Why a job stands still that was taken in: no daemon works now in the home of its ledger, or not on its project. */
export function whyJobWaits(roster: Roster, place: Place): string | undefined {
  if (homesAtWork(roster).length === 0) return "No daemon is running. The job goes on as soon as one does.";
  const home = roster.find(({ id }) => id === place.home);
  if (place.home === undefined) return undefined;
  if (home?.isAtWork === true) {
    if (place.project === undefined || home.projects.includes(place.project)) return undefined;
    return `The project ${place.project} is not at ${placeOf(home)} now. The job goes on when it is and the daemon starts.`;
  }
  const where = home === undefined ? "" : `, ${placeOf(home)},`;
  return `The daemon of its home${where} is not running. The job goes on as soon as it does.`;
}

/** Where a job belongs: to a project from its order on, and to a home as soon as a daemon has taken it. */
export interface Place {
  readonly project?: string | undefined;
  readonly home?: HomeId | undefined;
}

/** Where a home is, as people find it. */
export function placeOf({ host, path }: Pick<Home, "host" | "path">): string {
  return `${host}:${path}`;
}
