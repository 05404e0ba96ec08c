import type { Config } from "../../core/config.ts";
import type { Environment } from "../../platform/environment.ts";
import { nextTime } from "../../platform/next-time.ts";
import { readList } from "../../sources/list/read-list.ts";
import { type DoctorRow, failedBy, ok, warning } from "./row.ts";

/** What will be ordered without anybody typing it; no row where nobody asked for that. */
export function orderRows(config: Config, { DISPATCH_TASKS }: Environment, directory: string): DoctorRow[] {
  return [
    ...Object.entries(config.schedules).map(([name, schedule]) => scheduleRow(name, nextTime(schedule, Date.now()))),
    ...(DISPATCH_TASKS === undefined ? [] : listRows(DISPATCH_TASKS, config, directory)),
  ];
}

function scheduleRow(name: string, nextMs: number | undefined): DoctorRow {
  const row = `Schedule ${name}`;
  if (nextMs !== undefined) return ok(row, `next ${new Date(nextMs).toISOString()}`);
  return warning(row, "does not come any more.", `Give it another time, or remove schedules.${name}.`);
}

function listRows(list: string, config: Config, directory: string): DoctorRow[] {
  try {
    return [ok("Task list", `${readList(list, config, directory).length} to order at the start, each once`)];
  } catch (error) {
    return failedBy("Task list", error, { remedy: "Correct the list that DISPATCH_TASKS names." });
  }
}
