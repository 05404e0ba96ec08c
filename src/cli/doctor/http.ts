import type { Config } from "../../core/config.ts";
import { localUrl } from "../../http/address.ts";
import { isPrivate } from "../../http/guard.ts";
import type { Environment } from "../../platform/environment.ts";
import { type DoctorRow, failed, ok, warning } from "./row.ts";

/** Whether programs can reach Chargehand as they are meant to; no row where nobody asked for it. */
export function httpRows({ http }: Config, { CHARGEHAND_HTTP_TOKEN: token }: Environment): DoctorRow[] {
  if (http === undefined) return [];
  const address = http.publicUrl ?? localUrl(http);
  if (token !== undefined) return [ok("HTTP", address)];
  const remedy = "Set CHARGEHAND_HTTP_TOKEN: openssl rand -hex 32";
  if (isPrivate(http)) return [warning("HTTP", `${address}, which only shows: there is no token.`, remedy)];
  return [failed("HTTP", `${address} can be reached by others, and there is no token.`, remedy)];
}
