import { randomUUID } from "node:crypto";
import { z } from "zod";
import { RequestId } from "../../core/task.ts";
import { orderSchemaFor, WrittenOrder, WrittenTask } from "../../core/written-order.ts";
import type { ProjectView } from "../deps.ts";
import { operation } from "../operation.ts";
import { Refusal } from "../refusal.ts";
import { Taken, tokenHolder } from "./views.ts";

const documented = z.union([
  WrittenOrder.meta({ id: "Order" }),
  WrittenTask.meta({ id: "Task", description: "The same, with the other word for its text." }),
]);

/** The order of a job, as `chargehand submit FILE.json` takes it. */
export const order = operation({
  id: "order",
  method: "POST",
  path: "/webhook",
  summary: "Order a job. The same request id, here or as Idempotency-Key, is the same job.",
  access: "change",
  usesRedis: true,
  body: { documented, schemaFor: orderSchemaFor },
  answers: { 202: { description: "The job is ordered, or it was before by the same request.", schema: Taken } },
  refusals: { 409: "The same request id was used for something else." },
  async handle({ desk, projects, card, urlOf }, { body, unread }) {
    const jobId = await desk.submit({
      requestId: body.requestId ?? idempotencyKey(unread.header("idempotency-key")) ?? randomUUID(),
      project: chooseProject(projects, body.project),
      text: body.text,
      ...(body.validation && { validation: body.validation }),
      requestedBy: tokenHolder,
      origin: { type: "http" },
      ...(card && { card }),
    });
    const url = urlOf(`/api/jobs/${jobId}`);
    return Response.json({ jobId, url }, { status: 202, headers: { location: url } });
  },
});

function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const read = RequestId.safeParse(header);
  if (read.success) return read.data;
  const message = "must have 1 to 200 characters";
  throw new Refusal(422, "bad-input", `The header Idempotency-Key ${message}.`, {
    fields: [{ path: "Idempotency-Key", message }],
  });
}

function chooseProject(projects: readonly ProjectView[], named: string | undefined): string {
  const names = projects.map(({ name }) => name);
  const only = names.length === 1 ? names[0] : undefined;
  const chosen = named === undefined ? only : names.find((name) => name === named);
  if (chosen !== undefined) return chosen;
  const configured = `Configured: ${names.join(", ") || "none"}.`;
  const message = named === undefined ? `is missing. ${configured}` : `is not configured. ${configured}`;
  throw new Refusal(422, "bad-input", `The project ${message}`, { fields: [{ path: "project", message }] });
}
