import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

// Writes test/fixtures/trackers/github-api.json anew: what GitHub's own OpenAPI description says about the operations that
// the adapter uses, as JSON Schema, without descriptions and examples. The description is 400 MB unpacked and therefore
// no dependency; fetch it into a temporary folder and name its path:
//
//   npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz package/package.json package/generated/api.github.com.json
//   node scripts/extract-github-api.ts package

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const operationIds = [
  "issues/list-for-repo",
  "issues/get",
  "issues/update",
  "issues/add-labels",
  "issues/remove-label",
  "issues/list-events",
  "issues/list-comments",
  "issues/create-comment",
  "issues/update-comment",
  "issues/list-dependencies-blocked-by",
  "repos/get-collaborator-permission-level",
  "users/get-authenticated",
];

/** Whole worlds that hang on an optional property nobody here reads. */
const leftOut = new Set(["repository", "issue_field_values"]);
const onlyForPeople = new Set(["description", "example", "examples", "externalDocs", "title", "deprecated"]);

const folder = process.argv[2];
if (folder === undefined)
  throw new Error("Name the unpacked folder of @octokit/openapi; the head of this file says how.");
const { name, version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
const description = JSON.parse(await readFile(join(folder, "generated/api.github.com.json"), "utf8"));

const components: JsonObject = {};
const operations = Object.entries(description.paths as Record<string, Record<string, JsonObject>>).flatMap(
  ([path, methods]) =>
    Object.entries(methods)
      .filter(([, { operationId }]) => operationIds.includes(String(operationId)))
      .map(([method, operation]) => readOperation(path, method, operation)),
);
const target = join(import.meta.dirname, "../test/fixtures/trackers/github-api.json");
await mkdir(dirname(target), { recursive: true });
const source = `${name} ${version}, generated/api.github.com.json, by scripts/extract-github-api.ts`;
await writeFile(target, `${JSON.stringify({ source, operations, components }, null, 1)}\n`);

function readOperation(path: string, method: string, operation: JsonObject): Json {
  const parameters = (operation.parameters as Json[]).map((it) => {
    const { name, in: place, required = false, schema } = resolved(it);
    return { name, in: place, required, schema: asJsonSchema(schema ?? {}) } as Json;
  });
  const answers = Object.entries(operation.responses as JsonObject).map(([status, it]) => {
    const schema = schemaIn(resolved(it));
    return [status, schema === undefined ? null : asJsonSchema(schema)] as const;
  });
  const body = operation.requestBody === undefined ? undefined : schemaIn(resolved(operation.requestBody));
  return {
    operationId: operation.operationId ?? "",
    method: method.toUpperCase(),
    path,
    parameters,
    body: body === undefined ? null : asJsonSchema(body),
    responses: Object.fromEntries(answers),
  };
}

function schemaIn({ content }: JsonObject): Json | undefined {
  return (content as Record<string, { schema: Json }> | undefined)?.["application/json"]?.schema;
}

/** A reference into the description, followed. */
function resolved(value: Json): JsonObject {
  const reference = (value as JsonObject).$ref;
  return typeof reference === "string" ? (at(reference) as JsonObject) : (value as JsonObject);
}

function at(reference: string): Json {
  return reference
    .slice(2)
    .split("/")
    .reduce<Json>((node, key) => (node as JsonObject)[key] ?? null, description);
}

/** OpenAPI 3.0 has words of its own; `nullable` becomes a type, references become our `components`. */
function asJsonSchema(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(asJsonSchema);
  if (schema === null || typeof schema !== "object") return schema;
  if (typeof schema.$ref === "string") return { $ref: `#/components/${component(schema.$ref)}` };
  const { nullable, discriminator: _, ...rest } = schema;
  const entries = Object.entries(rest).filter(([key]) => !onlyForPeople.has(key) && !key.startsWith("x-"));
  const plain = Object.fromEntries(
    entries.map(([key, it]) => [key, key === "properties" ? asProperties(it as JsonObject) : asJsonSchema(it)]),
  );
  return nullable === true ? { anyOf: [plain, { type: "null" }] } : plain;
}

/** Names of properties are not words of the description, even where they look alike. */
function asProperties(properties: JsonObject): Json {
  const kept = Object.entries(properties).filter(([name]) => !leftOut.has(name));
  return Object.fromEntries(kept.map(([name, schema]) => [name, asJsonSchema(schema)]));
}

function component(reference: string): string {
  const name = reference.split("/").at(-1) ?? "";
  if (components[name] === undefined) {
    components[name] = true;
    components[name] = asJsonSchema(at(reference));
  }
  return name;
}
