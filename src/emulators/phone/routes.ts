import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "../../core/error.ts";
import type { BotApi } from "../bot-api/bot-api.ts";
import type { Person } from "../bot-api/person.ts";
import type { Asset } from "./assets.ts";
import { type Lock, refusalFor } from "./guard.ts";
import { handSend, handTap } from "./hands.ts";
import { streamChat } from "./stream.ts";

/** What every route works with. */
export interface PhoneContext {
  readonly botApi: BotApi;
  readonly person: Person;
  readonly title: string;
  readonly suggestions: readonly string[];
  readonly assets: ReadonlyMap<string, Asset>;
}

export async function answerRequest(
  context: PhoneContext,
  lock: Lock,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  protect(response);
  const refusal = refusalFor(request, lock);
  if (refusal) {
    response.writeHead(403, { "content-type": "text/plain; charset=utf-8" }).end(refusal);
    return;
  }
  try {
    await route(context, request, response, (request.url ?? "").slice(lock.token.length + 1));
  } catch (error) {
    if (response.headersSent || response.destroyed) return;
    const isForeseen = error instanceof AppError;
    const sentence = isForeseen ? error.message : "The phone broke.";
    response.writeHead(isForeseen ? 400 : 500, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: sentence }));
  }
}

async function route(
  context: PhoneContext,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const pathname = path.replace(/\?.*$/, "");
  switch (`${request.method} ${pathname}`) {
    case "POST /send":
      return handSend(context, request, response);
    case "POST /tap":
      return handTap(context, request, response);
    case "GET /events":
      return streamChat(context, request, response);
  }
  const asset = context.assets.get(pathname.slice(1));
  if (request.method === "GET" && asset) {
    response.writeHead(200, { "content-type": asset.contentType }).end(asset.content);
  } else if (request.method === "GET" && pathname.startsWith("/files/")) {
    sendFile(context, pathname.slice("/files/".length), response);
  } else {
    response.writeHead(404, { "content-type": "text/plain" }).end("Not found.");
  }
}

/** The page may load what this server serves and nothing else, and no other page may frame it. */
function protect(response: ServerResponse): void {
  const sources = ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"];
  const limits = ["img-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];
  response.setHeader("content-security-policy", [...sources, ...limits].join("; "));
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("cache-control", "no-store");
}

function sendFile({ botApi, person }: PhoneContext, fileId: string, response: ServerResponse): void {
  const message = person.chat.messages.find(({ attachment }) => attachment?.fileId === fileId);
  const bytes = message && botApi.file(fileId);
  if (!message?.attachment || !bytes) throw new AppError("not-found", "There is no such file in this chat.");
  const { kind, name } = message.attachment;
  response.writeHead(200, {
    // A picture is shown; anything else is only ever saved, whatever it claims to be.
    "content-type": kind === "photo" ? "image/png" : "application/octet-stream",
    "content-disposition": `${kind === "photo" ? "inline" : "attachment"}; filename*=UTF-8''${encodeURIComponent(name)}`,
  });
  response.end(bytes);
}
