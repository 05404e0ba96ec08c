import type { Config } from "../../core/config.ts";
import { type HomeId, homesAtWork, type Roster } from "../../core/home.ts";
import { configurationDigest } from "../../platform/changed-configuration.ts";
import { holdingWords } from "../attendance.ts";
import { type DoctorRow, ok, warning } from "./row.ts";

/** Who is at work on this Redis, where, and for which projects; no row where Redis cannot be asked. */
export function daemonRows(roster: Roster | undefined, hasBot: boolean): DoctorRow[] {
  if (roster === undefined) return [];
  const atWork = homesAtWork(roster);
  if (atWork.length === 0) {
    return [warning("Daemons", "none is at work.", `Start one: chargehand ${hasBot ? "up" : "daemon"}`)];
  }
  return [ok("Daemons", atWork.map(holdingWords).join("\n"))];
}

/** Whether the daemon of this home works with another configuration than the one that stands here now. */
export function outdatedRows(config: Config, roster: Roster, homeId: HomeId | undefined): DoctorRow[] {
  const began = homesAtWork(roster).find(({ id }) => id === homeId)?.configuration;
  if (began === undefined || began === configurationDigest(config)) return [];
  const detail = "the daemon at work in this home began with another one, and goes on with that.";
  return [warning("Configuration", detail, "Start it again, so that it reads this one: Ctrl-C, then chargehand up")];
}
