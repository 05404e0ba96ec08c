import type { z } from "zod";
import { formatPath, readWritten, type WrittenIssue } from "../platform/schema-issues.ts";
import type { HttpDeps } from "./deps.ts";
import { type Field, Refusal } from "./refusal.ts";

/**
 * Who may ask: `anyone`; to `look`, where others than this machine's programs can ask, and to `change` anything, whoever
 * has the token; `signed` are webhooks, which prove themselves by their signature.
 */
export type Access = "anyone" | "look" | "change" | "signed";

/** What a request has brought along, before anything of it is believed. */
export interface Unread {
  readonly isHead: boolean;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly header: (name: string) => string | undefined;
  readonly body: () => Promise<Uint8Array>;
}

export interface Read<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly unread: Unread;
}

export interface Documented {
  readonly description: string;
  /** Absent where the answer has no body. */
  readonly schema?: z.ZodType;
  /** Default: application/json. */
  readonly contentType?: string;
}

/** A body in JSON. The schema may depend on what was written; the document shows the one that stands for all. */
export interface JsonBody<Body> {
  readonly documented: z.ZodType;
  readonly schemaFor: (written: unknown) => z.ZodType<Body>;
}

interface Definition<Params, Query, Body> extends Described {
  readonly params?: z.ZodObject & z.ZodType<Params>;
  readonly query?: z.ZodObject & z.ZodType<Query>;
  readonly body?: JsonBody<Body>;
  readonly handle: (deps: HttpDeps, read: Read<Params, Query, Body>) => Promise<Response> | Response;
}

interface Described {
  /** As clients that are generated from the document call it. */
  readonly id: string;
  readonly method: "GET" | "POST";
  readonly path: `/${string}`;
  readonly summary: string;
  readonly access: Access;
  readonly answers: Readonly<Record<number, Documented>>;
  /** Statuses of its own, beside those that follow from what it takes and who may ask. */
  readonly refusals?: Readonly<Record<number, string>>;
  readonly usesRedis: boolean;
}

/** One thing that can be asked of the server: what it takes, what it answers, and how. */
export interface Operation extends Described {
  readonly params?: z.ZodObject | undefined;
  readonly query?: z.ZodObject | undefined;
  readonly body?: JsonBody<unknown> | undefined;
  readonly answer: (deps: HttpDeps, unread: Unread) => Promise<Response>;
}

export function operation<Params = undefined, Query = undefined, Body = undefined>(
  definition: Definition<Params, Query, Body>,
): Operation {
  const { params, query, body, handle, ...described } = definition;
  return {
    ...described,
    params,
    query,
    body,
    answer: async (deps, unread) =>
      handle(deps, {
        params: readParams(params, unread.params) as Params,
        query: readQuery(query, unread.query) as Query,
        body: (body && (await readBody(body, unread))) as Body,
        unread,
      }),
  };
}

export function jsonBody<Body>(schema: z.ZodType<Body>): JsonBody<Body> {
  return { documented: schema, schemaFor: () => schema };
}

/** What has not the form of an id is the id of nothing. */
function readParams(schema: z.ZodObject | undefined, params: Unread["params"]): unknown {
  const read = schema?.safeParse(params);
  if (read?.success === false) throw new Refusal(404, "not-found", "There is nothing with this id.");
  return read?.data;
}

function readQuery(schema: z.ZodObject | undefined, query: Unread["query"]): unknown {
  if (schema === undefined) return undefined;
  const read = readWritten(schema, query);
  if (!read.ok) throw badFields(400, "The address asks for something that is not there", read.issues);
  return read.value;
}

async function readBody<Body>(body: JsonBody<Body>, unread: Unread): Promise<Body> {
  const written = await readJson(unread);
  const read = readWritten(body.schemaFor(written), written);
  if (!read.ok) throw badFields(422, "The body cannot be used", read.issues);
  return read.value;
}

async function readJson({ header, body }: Unread): Promise<unknown> {
  if (!/^application\/json\s*(?:;|$)/i.test(header("content-type") ?? "")) {
    throw new Refusal(415, "unsupported-media-type", "Send JSON, with the header content-type: application/json.");
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await body()));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, "bad-input", "The body is no JSON in UTF-8.", { cause: error });
  }
}

function badFields(status: number, what: string, issues: readonly WrittenIssue[]): Refusal {
  const fields = issues.map(({ path, sentence }): Field => ({ path: formatPath(path), message: sentence }));
  const list = fields.map(({ path, message }) => `${path === "" ? "it" : path} ${message}`).join("; ");
  return new Refusal(status, "bad-input", `${what}: ${list}${list.endsWith("?") ? "" : "."}`, { fields });
}

/** Everything that an operation may answer beside its success, each status with what it stands for. */
export function refusalsOf(asked: Operation): Readonly<Partial<Record<number, string>>> {
  const { access, body, query, params, usesRedis, refusals } = asked;
  return {
    ...(query && { 400: "The query cannot be used; `fields` names each part of it." }),
    ...(body && { 400: "The body is no JSON." }),
    ...(access !== "anyone" && {
      401: access === "signed" ? "The signature is wrong." : "The token is missing or wrong.",
    }),
    403: "The request was meant for another server, or the server is not set up for it.",
    ...(params && { 404: "There is no such thing." }),
    ...((body || access === "signed") && { 413: "The body is too large." }),
    ...(body && {
      415: "The body is not sent as JSON.",
      422: "The body cannot be used; `fields` names each part of it.",
    }),
    ...(access !== "anyone" && { 429: "Too many wrong tokens or signatures came from this address." }),
    ...(usesRedis && { 503: "Redis does not answer." }),
    ...refusals,
  };
}
