import { z } from "zod";

/** `context.json`: on what a job was taken in. The ledger names the model of every call that was paid for. */
export const RunContext = z.strictObject({
  chargehand: z.string(),
  node: z.string(),
  git: z.string(),
  os: z.string(),
  sandbox: z.enum(["bubblewrap", "seatbelt", "none"]),
  orchestrator: z.string(),
  engine: z.strictObject({
    name: z.string(),
    /** How it really is driven; `simulated` where no real engine was allowed to start. */
    kind: z.string(),
    model: z.string().optional(),
  }),
  dryRun: z.boolean(),
});
export type RunContext = z.infer<typeof RunContext>;
