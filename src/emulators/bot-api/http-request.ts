import type { IncomingMessage } from "node:http";
import { ApiError, badRequest } from "./api-error.ts";
import type { UploadedFile } from "./files.ts";
import type { IncomingCall } from "./methods/method.ts";

/** Room for the largest upload and its form around it. */
const maxBodyBytes = 52 * 1_024 * 1_024;

/** Where a request goes: `/bot<token>/<method>` or `/file/bot<token>/<path>`. */
export type Route =
  | { readonly type: "method"; readonly token: string; readonly name: string }
  | { readonly type: "file"; readonly token: string; readonly path: string };

export function readRoute(url: URL): Route | undefined {
  const [, call, name] = /^\/bot([^/]+)\/([^/]+)$/.exec(url.pathname) ?? [];
  if (call && name) return { type: "method", token: unescaped(call), name };
  const [, download, path] = /^\/file\/bot([^/]+)\/(.+)$/.exec(url.pathname) ?? [];
  if (download && path) return { type: "file", token: unescaped(download), path };
  return undefined;
}

/** Some clients write the colon of a token as %3A. */
function unescaped(token: string): string {
  return token.replace(/%3A/i, ":");
}

/** Parameters may stand in the query and in the body, as JSON, as a form or as a form with files. */
export async function readCall(request: IncomingMessage, url: URL): Promise<IncomingCall> {
  const body = await readBody(request);
  const contentType = request.headers["content-type"] ?? "";
  const query = Object.fromEntries(url.searchParams);
  if (body.byteLength === 0) return { params: query, files: new Map() };
  if (contentType.includes("application/json")) return { params: { ...query, ...readJson(body) }, files: new Map() };
  if (/multipart\/form-data|application\/x-www-form-urlencoded/.test(contentType)) {
    const { params, files } = await readForm(body, contentType);
    return { params: { ...query, ...params }, files };
  }
  return { params: query, files: new Map() };
}

async function readBody(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new ApiError(413, "Request Entity Too Large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readJson(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below, like every other body that is no object.
  }
  throw badRequest("Can't parse the request body as a JSON object");
}

async function readForm(body: Buffer<ArrayBuffer>, contentType: string) {
  const params: Record<string, string> = {};
  const files = new Map<string, UploadedFile>();
  const form = await new Response(body, { headers: { "content-type": contentType } }).formData().catch(() => {
    throw badRequest("Can't parse the form of the request");
  });
  for (const [field, value] of form) {
    if (typeof value === "string") params[field] = value;
    else {
      const bytes = new Uint8Array(await value.arrayBuffer());
      files.set(field, { name: value.name, mimeType: value.type || "application/octet-stream", bytes });
    }
  }
  return { params, files };
}
