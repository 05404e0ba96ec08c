import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { Call, Reply } from "./strict-server.ts";

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly schema: object;
}

interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: BodySchema | null;
  readonly responses: Readonly<Record<string, object | null>>;
}

interface BodySchema {
  readonly properties?: object;
  readonly oneOf?: readonly BodySchema[];
}

/** Which operation a call is, and what its path says; or what is wrong with the call. */
export type Reading =
  | { readonly operation: Operation; readonly path: Readonly<Record<string, string>> }
  | { readonly violation: string };

/** What every client of HTTP sends, and what the guides name beside the description. */
const usualHeaders = new Set(
  "host connection accept accept-encoding accept-language authorization user-agent content-type content-length sec-fetch-mode if-none-match cache-control pragma x-github-api-version".split(
    " ",
  ),
);
/** The cursor in the links to the next page, which "Using pagination in the REST API" has and the description lacks. */
const usualQuery = new Set(["after"]);

/** GitHub's own description of its API, as a judge over requests and answers. */
export class OpenApi {
  readonly #operations: readonly Operation[];
  readonly #ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false });
  readonly #validators = new Map<object, ValidateFunction>();
  readonly #components: object;

  constructor(file: string) {
    const { operations, components } = JSON.parse(readFileSync(file, "utf8"));
    this.#operations = operations;
    this.#components = components;
    addFormats.default(this.#ajv);
  }

  read(call: Call): Reading {
    for (const operation of this.#operations) {
      const path = operation.method === call.method ? match(operation.path, call.path) : undefined;
      if (path === undefined) continue;
      const violation = this.#violationOf(operation, call, path);
      return violation === undefined ? { operation, path } : { violation: `${operation.operationId}: ${violation}` };
    }
    return { violation: `no such operation: ${call.method} ${call.path}` };
  }

  /** What is wrong with an answer, if anything. */
  judge({ operationId, responses }: Operation, { status, body }: Reply): string | undefined {
    // Any operation may say that there is no such thing, whether its description lists that or not.
    if (status === 404) return undefined;
    const schema = responses[String(status)];
    if (schema === undefined) return `${operationId} never answers with ${status}`;
    if (schema === null) return body === undefined ? undefined : `${operationId} answers ${status} without a body`;
    const problem = this.#problem(schema, body);
    return problem && `${operationId}, answer ${status}: ${problem}`;
  }

  #violationOf({ parameters, body }: Operation, call: Call, path: Readonly<Record<string, string>>) {
    const query = parameters.filter((it) => it.in === "query");
    const strangers = [...call.query.keys()].filter(
      (name) => !usualQuery.has(name) && !query.some((it) => it.name === name),
    );
    if (strangers.length > 0) return `unknown query ${strangers}`;
    const strange = Object.keys(call.headers).filter((name) => !usualHeaders.has(name));
    if (strange.length > 0) return `unknown header ${strange}`;
    for (const { name, in: place, schema, required } of parameters) {
      const value = place === "path" ? path[name] : (call.query.get(name) ?? undefined);
      if (value === undefined && required) return `${name} is missing`;
      const problem = value === undefined ? undefined : this.#problem(schema, typed(value, schema));
      if (problem !== undefined) return `${name} ${problem}`;
    }
    return this.#bodyViolation(body, call.body);
  }

  #bodyViolation(schema: Operation["body"], body: unknown): string | undefined {
    if (schema === null) return body === undefined ? undefined : "takes no body";
    const known = propertiesOf(schema);
    const strangers = known.length === 0 ? [] : Object.keys(Object(body)).filter((name) => !known.includes(name));
    if (strangers.length > 0) return `unknown in the body: ${strangers}`;
    return this.#problem(schema, body);
  }

  #problem(schema: object, value: unknown): string | undefined {
    const validate = this.#validators.get(schema) ?? this.#ajv.compile({ ...schema, components: this.#components });
    this.#validators.set(schema, validate);
    return validate(value) ? undefined : this.#ajv.errorsText(validate.errors?.slice(0, 4));
  }
}

export const githubApi = new OpenApi(join(import.meta.dirname, "../../fixtures/trackers/github-api.json"));

/** JSON Schema lets unknown properties pass; a caller that sends one is mistaken. */
function propertiesOf({ properties = {}, oneOf = [] }: BodySchema): string[] {
  return [...Object.keys(properties), ...oneOf.flatMap(propertiesOf)];
}

function match(template: string, path: string): Record<string, string> | undefined {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  const found = new RegExp(`^${template.replace(/\{\w+\}/g, "([^/]+)")}$`).exec(path);
  return found === null
    ? undefined
    : Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(found[at + 1] ?? "")]));
}

function typed(value: string, schema: { readonly type?: string }): unknown {
  return schema.type === "integer" && /^-?\d+$/.test(value) ? Number(value) : value;
}
