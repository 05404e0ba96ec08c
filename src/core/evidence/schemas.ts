import { z } from "zod";
import { LedgerEntry } from "../event.ts";
import { JobState } from "../job.ts";
import { Bundle } from "./bundle.ts";
import { RunContext } from "./context.ts";
import { JobOrder } from "./order.ts";
import { JobResult } from "./result.ts";
import { StepResult } from "./steps.ts";

const published = {
  bundle: Bundle,
  context: RunContext,
  job: JobOrder,
  "ledger-entry": LedgerEntry,
  result: JobResult,
  state: JobState,
  "step-result": StepResult,
};

/** The JSON schemas of a job's artifacts, by the file names under which `docs/schemas` publishes them. */
export function publishedSchemas(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(published).map(([name, schema]) => [
      `${name}.json`,
      z.toJSONSchema(schema, { io: "output", reused: "ref" }),
    ]),
  );
}
