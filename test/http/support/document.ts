import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { z } from "zod";
import { openApiDocument } from "../../../src/http/openapi.ts";
import { operations } from "../../../src/http/operations/all.ts";

const Content = z.record(z.string(), z.object({ schema: z.unknown() }));
const Documented = z.looseObject({
  operationId: z.string(),
  responses: z.record(z.string(), z.object({ content: Content.optional() })),
});
const Document = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), Documented)) });

export const document = Document.parse(openApiDocument(operations));

const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as typeof addFormats.default)(ajv);
ajv.addSchema(document, "openapi");

/** One answer that the document promises. */
export interface Promised {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export const promised: readonly Promised[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { operationId, responses }]) =>
    Object.keys(responses).map((status) => ({ operation: operationId, method, path, status: Number(status) })),
  ),
);

/** What of an answer is not as the document promises it; nothing when it keeps its word. */
export async function unlike({ method, path, status }: Promised, response: Response): Promise<unknown> {
  if (response.status !== status) return `status ${response.status}: ${await response.text()}`;
  const content = document.paths[path]?.[method]?.responses[status]?.content;
  if (content === undefined) return (await response.text()) || undefined;
  const type = (response.headers.get("content-type") ?? "").replace(/;.*/, "");
  if (content[type] === undefined) return `content-type ${type}`;
  if (type !== "application/json") return undefined;
  const pointer = ["paths", path, method, "responses", String(status), "content", type, "schema"];
  const ref = pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
  const validate = ajv.compile({ $ref: `openapi#/${ref}` });
  return validate(await response.json()) ? undefined : validate.errors;
}
