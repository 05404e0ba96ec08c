import { z } from "zod";
import { WrittenChecks } from "./declared-check.ts";
import { ProjectName, RequestId, Submission } from "./task.ts";

const { text } = Submission.shape;
const beside = {
  project: ProjectName.optional(),
  requestId: RequestId.optional(),
  validation: WrittenChecks.optional(),
};

/** An order as somebody writes it down, in a file or in the body of a request. */
export const WrittenOrder = z.strictObject({ text, ...beside });
export type WrittenOrder = z.infer<typeof WrittenOrder>;

/** The same with the other word for its text. */
export const WrittenTask = z
  .strictObject({ task: text, ...beside })
  .transform(({ task, ...order }): WrittenOrder => ({ text: task, ...order }));

/** The schema for what somebody wrote, so that a fault is told in the writer's own words. */
export function orderSchemaFor(written: unknown): z.ZodType<WrittenOrder> {
  const has = (name: string) => typeof written === "object" && written !== null && Object.hasOwn(written, name);
  return has("task") && !has("text") ? WrittenTask : WrittenOrder;
}
