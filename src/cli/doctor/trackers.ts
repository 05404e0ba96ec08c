import { pino } from "pino";
import type { Config } from "../../core/config.ts";
import type { Variables } from "../../platform/environment.ts";
import { openConfigured } from "../../sources/adapters/open-tracker.ts";
import { type DoctorRow, failedBy, ok } from "./row.ts";

/** Asks each tracker who its credential speaks as: one cheap request that shows that all of it works. */
export async function trackerRows(
  { trackers }: Config,
  variables: Variables,
  signal: AbortSignal,
): Promise<DoctorRow[]> {
  const log = pino({ enabled: false });
  const rows = await Promise.all(
    Object.entries(trackers).map(async ([name, config]) => {
      const row = `Tracker ${name}`;
      try {
        const options = { token: variables[config.token], log, timeoutMs: 10_000 };
        const tracker = await openConfigured(name, config, options);
        const { name: login } = await tracker.self(signal);
        return ok(row, `${config.kind}, as ${login}, for ${config.project}`);
      } catch (error) {
        signal.throwIfAborted();
        const remedy = `Correct trackers.${name} in chargehand.yaml, or its token in ${config.token}.`;
        return failedBy(row, error, { prefix: `trackers.${name}: `, remedy });
      }
    }),
  );
  return rows.flat();
}
