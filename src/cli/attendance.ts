import { type Home, homesAtWork, type Place, placeOf, type Roster, whyJobWaits, whyOrderWaits } from "../core/home.ts";
import type { JobId, Submission } from "../core/task.ts";
import type { JobDesk } from "../platform/job-desk.ts";
import type { Stranded } from "./documents.ts";

/** Who is at work, and for which projects: one line for each daemon. */
export function rosterWords(roster: Roster): string[] {
  const atWork = homesAtWork(roster);
  if (atWork.length === 0) return ["No daemon is at work. Start one: chargehand up"];
  const lines = atWork.map((home) => `  ${holdingWords(home)}`);
  return [`${atWork.length} ${atWork.length === 1 ? "daemon" : "daemons"} at work:`, ...lines];
}

/** A daemon's home, the projects it serves, and those of its configuration that it cannot. */
export function holdingWords({ projects, absent, ...home }: Home): string {
  const missing = absent.length === 0 ? "" : ` (not there: ${absent.join(", ")})`;
  return `${placeOf(home)}: ${projects.join(", ")}${missing}`;
}

/** The orders that nobody at work can take in. */
export function strandedOrders(roster: Roster, orders: readonly Submission[]): Stranded[] {
  return orders.flatMap(({ jobId, project }) => strand(jobId, whyOrderWaits(roster, project)));
}

/** The jobs in whose home nobody works. */
export function strandedJobs(roster: Roster, places: ReadonlyMap<JobId, Place>): Stranded[] {
  return Array.from(places).flatMap(([jobId, place]) => strand(jobId, whyJobWaits(roster, place)));
}

function strand(jobId: JobId, obstacle: string | undefined): Stranded[] {
  return obstacle === undefined ? [] : [{ jobId, obstacle }];
}

export function obstacleWords({ jobId, obstacle }: Stranded): string {
  return `! ${jobId}: ${obstacle}`;
}

/** Why nothing happens to a job or an order now, if nobody is at work who could do something. */
export async function whyItWaits(desk: Pick<JobDesk, "roster" | "places">, jobId: JobId): Promise<string | undefined> {
  const [roster, places] = await Promise.all([desk.roster(), desk.places([jobId])]);
  const place = places.get(jobId) ?? {};
  const isOrder = place.home === undefined && place.project !== undefined;
  return isOrder ? whyOrderWaits(roster, place.project) : whyJobWaits(roster, place);
}
