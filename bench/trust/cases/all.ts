import type { TrustCase } from "../case.ts";
import { behindTheHarness } from "./behind-the-harness.ts";
import { configuration } from "./configuration.ts";
import { elsewhere, everyday, inTheShop } from "./honest.ts";
import { places } from "./places.ts";
import { flaky, pretence, processes } from "./pretence.ts";
import { tests } from "./tests.ts";

/** Cases that run under the same limits, in one daemon. */
export interface Session {
  readonly limits: Readonly<Record<string, unknown>>;
  readonly cases: readonly TrustCase[];
}

// Only the flaky cases depend on how often a pass is asked again.
const limits = { concurrency: 5, maxIterations: 2, commandTimeout: "10s", stall: "3s", flakeRuns: 1 };

export const sessions: readonly Session[] = [
  {
    limits,
    cases: [
      ...everyday,
      ...inTheShop,
      ...elsewhere,
      ...tests,
      ...configuration,
      ...places,
      ...pretence,
      ...processes,
      ...behindTheHarness,
    ],
  },
  // What fails by chance is found by asking often: here it slips through less than once in a thousand runs.
  { limits: { ...limits, flakeRuns: 20 }, cases: flaky },
];
