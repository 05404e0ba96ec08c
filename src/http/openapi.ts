import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from "zod-openapi";
import { type Access, type Documented, type Operation, refusalsOf } from "./operation.ts";
import { StreamedEntry } from "./operations/events.ts";
import { ErrorAnswer } from "./refusal.ts";

/** The OpenAPI document of these operations, made of the schemas that read requests. */
export function openApiDocument(operations: readonly Operation[]): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const asked of operations) {
    paths[asked.path] = { ...paths[asked.path], [asked.method.toLowerCase()]: describe(asked) };
  }
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "Chargehand",
      version: "1",
      description:
        "Order jobs, follow them, and answer what they ask. On a server that only this machine reaches, looking needs no token.",
    },
    paths,
    components: {
      schemas: { LedgerEntry: StreamedEntry },
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "CHARGEHAND_HTTP_TOKEN of the installation." },
      },
    },
  });
}

function describe(asked: Operation): ZodOpenApiOperationObject {
  const { id, summary, access, params, query, body } = asked;
  return {
    operationId: id,
    summary,
    security: securityFor[access],
    ...((params || query) && { requestParams: { ...(params && { path: params }), ...(query && { query }) } }),
    ...(body && { requestBody: { required: true, content: { "application/json": { schema: body.documented } } } }),
    responses: responsesOf(asked),
  };
}

/** Looking needs the token only where others than this machine can ask. */
const securityFor: Record<Access, Record<string, string[]>[]> = {
  anyone: [],
  signed: [],
  look: [{}, { token: [] }],
  change: [{ token: [] }],
};

function responsesOf(asked: Operation): ZodOpenApiResponsesObject {
  const refusals = Object.entries(refusalsOf(asked)).map(([status, description]) => [
    status,
    { description, content: { "application/json": { schema: ErrorAnswer } } },
  ]);
  const answers = Object.entries(asked.answers).map(([status, answer]) => [status, response(answer)]);
  return Object.fromEntries([...refusals, ...answers]);
}

function response({ description, schema, contentType = "application/json" }: Documented) {
  return { description, ...(schema && { content: { [contentType.replace(/;.*/, "")]: { schema } } }) };
}
