import { z } from "zod";
import { TrackerError } from "../../core/tracker.ts";
import { instantOf } from "./normalise.ts";

/** What a provider answered, if it has the documented shape. What stood there instead is not repeated. */
export function readAnswer<Schema extends z.ZodType>(provider: string, schema: Schema, answer: unknown) {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const where = result.error.issues.map(({ path, code }) => `${path.join(".") || "the answer"} (${code})`).join(", ");
  throw new TrackerError("tracker_response", `${provider} answered in another shape than documented: ${where}.`);
}

/** An instant in whatever spelling, as one in UTC. */
export const Instant = z.string().transform((text, context) => {
  const instant = instantOf(text);
  if (instant === null) context.addIssue("is no instant");
  return instant ?? z.NEVER;
});
