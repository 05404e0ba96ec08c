import type { IncomingHttpHeaders } from "node:http";
import { AppError } from "../../core/error.ts";
import { chat } from "./chat.ts";
import { type Conversation, viewOf } from "./conversation.ts";
import { countTokens, messages } from "./messages.ts";
import { openAiFailure } from "./openai-failure.ts";
import type { Protocol } from "./protocol.ts";
import { responses } from "./responses.ts";
import type { ModelRequest } from "./script.ts";

export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** What is to be done with a request: it has its answer already, or the script is asked. */
export type Route =
  | { readonly type: "answered"; readonly status: number; readonly body: unknown }
  | {
      readonly type: "ask";
      readonly protocol: Protocol;
      readonly conversation: Conversation;
      readonly view: ModelRequest;
    };

const protocols: Readonly<Record<string, Protocol>> = {
  "POST /v1/responses": responses,
  "POST /v1/chat/completions": chat,
  "POST /v1/messages": messages,
};

/** Reads a request as strictly as the real service does and answers at once what needs no script. */
export function routeOf(arrival: Arrival, apiKey: string | undefined): Route {
  const { method, path, headers, body } = arrival;
  const failure = path.startsWith("/v1/messages") ? messages.failure : openAiFailure;
  const refused = (status: number, message: string): Route => ({
    type: "answered",
    status,
    body: failure(status, message),
  });
  if (apiKey !== undefined && keyIn(headers) !== apiKey) return refused(401, "Incorrect API key provided.");

  const endpoint = `${method} ${path}`;
  const protocol = protocols[endpoint];
  try {
    if (endpoint === "GET /v1/models") return { type: "answered", status: 200, body: modelList };
    if (endpoint === "POST /v1/messages/count_tokens") {
      return { type: "answered", status: 200, body: countTokens(body, headers) };
    }
    if (protocol === undefined) return refused(404, `There is no ${endpoint} here.`);
    const conversation = protocol.read(body, headers);
    return { type: "ask", protocol, conversation, view: viewOf(conversation, { api: protocol.api, headers, body }) };
  } catch (error) {
    if (error instanceof AppError) return refused(400, error.message);
    throw error;
  }
}

function keyIn(headers: IncomingHttpHeaders): unknown {
  return headers["x-api-key"] ?? headers.authorization?.replace(/^Bearer /, "");
}

/** One model under both vendors' forms; `models` is where Codex looks. */
const modelList = {
  object: "list",
  data: [
    {
      id: "scripted",
      object: "model",
      created: 0,
      owned_by: "chargehand",
      type: "model",
      display_name: "Scripted",
      created_at: "1970-01-01T00:00:00Z",
    },
  ],
  has_more: false,
  models: [],
};
