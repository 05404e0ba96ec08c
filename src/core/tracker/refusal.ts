import { z } from "zod";

/** Why an issue was not taken. */
export const Refusal = z.object({
  reason: z.string(),
  /** Where it cost requests: how the issue and whom we trust stood then, in a hash, and when that was. */
  asked: z.object({ standing: z.string(), at: z.iso.datetime() }).optional(),
});
export type Refusal = z.infer<typeof Refusal>;
