import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { ApiError } from "./api-error.ts";
import { type FaultEffect, type Faults, injectedError } from "./faults.ts";
import { readCall, readRoute } from "./http-request.ts";
import type { IncomingCall } from "./methods/method.ts";
import { findMethod } from "./methods/table.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { World } from "./world.ts";

/** What stands between the network and the world: the token, the faults and the limits. */
export interface Gate {
  readonly world: World;
  readonly token: string;
  isRevoked: boolean;
  readonly faults: Faults;
  readonly rateLimits: RateLimits | undefined;
}

type Outcome =
  | { readonly type: "result"; readonly result: unknown }
  | { readonly type: "page"; readonly status: number }
  | { readonly type: "drop" };

export async function answerRequest(gate: Gate, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort(new ApiError(499, "The caller went away")));
  try {
    const url = URL.parse(request.url ?? "/", "http://emulator");
    const route = url && readRoute(url);
    if (!route) throw new ApiError(404, "Not Found");
    if (route.token !== gate.token || gate.isRevoked) throw new ApiError(401, "Unauthorized");
    if (route.type === "file") return sendFile(gate, route.path, response);
    await answerCall(gate, route.name, await readCall(request, url), response, gone.signal);
  } catch (error) {
    refuse(response, error);
  }
}

async function answerCall(gate: Gate, name: string, call: IncomingCall, response: ServerResponse, signal: AbortSignal) {
  const note = gate.world.log.open(findMethod(name)?.name ?? name, call, gate.world.now());
  try {
    const outcome = await run(gate, name, call, signal);
    // The log first: whoever has the answer may look at once.
    note(outcome.type === "drop" ? "dropped" : outcome.type === "page" ? outcome.status : 200);
    answer(response, outcome);
  } catch (error) {
    const { code, message } = asApiError(error);
    if (signal.aborted) note("dropped");
    else note(code, message);
    throw error;
  }
}

async function run(gate: Gate, name: string, call: IncomingCall, signal: AbortSignal): Promise<Outcome> {
  const fault = gate.faults.take(name, call.params.chat_id);
  const instead = fault && (await suffer(fault, signal));
  if (instead) return instead;

  const method = findMethod(name);
  if (method === undefined) throw new ApiError(404, "Not Found: method not found");
  gate.rateLimits?.check(name, String(call.params.chat_id), gate.world.now());
  const result = await method.run(gate.world, call, signal);
  return fault && "dropConnection" in fault ? { type: "drop" } : { type: "result", result };
}

/** What a fault does before the call takes effect; what it returns is answered instead. */
async function suffer(fault: FaultEffect, signal: AbortSignal): Promise<Outcome | undefined> {
  if ("error" in fault) throw injectedError(fault.error);
  if ("status" in fault) return { type: "page", status: fault.status };
  if ("dropConnection" in fault) return fault.dropConnection === "before" ? { type: "drop" } : undefined;
  if ("delayMs" in fault) await delay(fault.delayMs, undefined, { signal });
  else await fault.hold;
  return undefined;
}

function answer(response: ServerResponse, outcome: Outcome): void {
  switch (outcome.type) {
    case "result":
      sendJson(response, 200, { ok: true, result: outcome.result });
      break;
    case "page":
      response.writeHead(outcome.status, { "content-type": "text/html" }).end("<html><h1>Gateway trouble</h1></html>");
      break;
    case "drop":
      response.destroy();
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  const { code, message, retryAfter } = asApiError(error);
  if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
  const parameters = retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } };
  sendJson(response, code, { ok: false, error_code: code, description: message, ...parameters });
}

/** Anything but an ApiError is a mistake of the emulator, and says so. */
function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(500, `Internal Server Error: ${String(error)}`);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function sendFile({ world }: Gate, path: string, response: ServerResponse): void {
  const file = world.files.atPath(path);
  if (file === undefined) throw new ApiError(404, "Not Found");
  response.writeHead(200, { "content-type": "application/octet-stream" }).end(file.bytes);
}
