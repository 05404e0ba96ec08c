import { z } from "zod";
import type { Choice } from "./approval.ts";

/** What an agent may do that reaches Chargehand over the Model Context Protocol, beyond ordering and looking. */
export const McpConfig = z.strictObject({
  /**
   * Which questions an agent may answer with yes: `command` (allow one), `merge`. Nothing by default, because an agent
   * that approves its own work proves nothing.
   */
  mayApprove: z.array(z.enum(["command", "merge"])).default([]),
});
export type McpConfig = z.infer<typeof McpConfig>;

/** Why an agent may not give this answer, or nothing. To refuse, to send back and to end lets nothing through. */
export function whyNotByAgent({ mayApprove }: McpConfig, choice: Choice): string | undefined {
  const needed = neededFor[choice];
  if (needed === "person") return "What becomes of a task that has changed is for a person to say, never for an agent.";
  if (needed === undefined || mayApprove.includes(needed)) return undefined;
  const what = needed === "merge" ? "A merge" : "A command";
  return `${what} is not for an agent to approve here. A person does it, on the phone or with the chargehand command; the operator may change that with mcp.mayApprove: [${needed}].`;
}

const neededFor: Record<Choice, McpConfig["mayApprove"][number] | "person" | undefined> = {
  allow_once: "command",
  allow_for_job: "command",
  merge: "merge",
  keep_text: "person",
  take_text: "person",
  deny: undefined,
  discard: undefined,
  change: undefined,
  stop: undefined,
};
