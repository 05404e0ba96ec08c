import { homesAtWork, type Roster } from "../../core/home.ts";
import { holdingWords } from "../attendance.ts";
import { type DoctorRow, ok, warning } from "./row.ts";

/** Who is at work on this Redis, where, and for which projects; no row where Redis cannot be asked. */
export function daemonRows(roster: Roster | undefined): DoctorRow[] {
  if (roster === undefined) return [];
  const atWork = homesAtWork(roster);
  if (atWork.length === 0) return [warning("Daemons", "none is at work.", "Start one: chargehand up")];
  return [ok("Daemons", atWork.map(holdingWords).join("\n"))];
}
