import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { ServerSentEvent } from "./protocol.ts";
import type { Route } from "./route.ts";
import type { DroppedConnection, Garbage, Hang, ModelAnswer, Script } from "./script.ts";

type Question = Extract<Route, { type: "ask" }>;

/** Asks the script and sends what it says. A script that fails is told with a status no client tries again. */
export async function reply(
  script: Script,
  question: Question,
  outgoing: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  try {
    const answer = await script(question.view, signal);
    if (answer.delayMs) await wait(answer.delayMs, undefined, { signal });
    send(question, outgoing, answer);
  } catch (error) {
    sendJson(outgoing, 400, question.protocol.failure(400, `The script failed: ${String(error)}`));
  }
}

function send({ protocol, conversation }: Question, outgoing: ServerResponse, answer: ModelAnswer): void {
  if ("status" in answer) {
    const { status, retryAfterSeconds, message = `The script answers ${status}.` } = answer;
    const retryAfter = retryAfterSeconds === undefined ? undefined : { "retry-after": String(retryAfterSeconds) };
    sendJson(outgoing, status, protocol.failure(status, message), retryAfter);
  } else if ("hang" in answer || "garbage" in answer || "dropConnection" in answer) {
    if (conversation.isStream) sendEvents(outgoing, protocol.answer(conversation, {}).events.slice(0, 1));
    breakOff(outgoing, answer);
  } else {
    const { events, json } = protocol.answer(conversation, answer);
    if (conversation.isStream) sendEvents(outgoing, events).end();
    else sendJson(outgoing, 200, json);
  }
}

function breakOff(outgoing: ServerResponse, answer: Hang | Garbage | DroppedConnection): void {
  if ("garbage" in answer) outgoing.end("data: {this is not JSON\n\n");
  // The callback lets the beginning out first.
  if ("dropConnection" in answer) outgoing.write("data: ", () => outgoing.destroy());
}

function sendEvents(outgoing: ServerResponse, events: readonly ServerSentEvent[]): ServerResponse {
  outgoing.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  for (const { name, data } of events) {
    if (name !== undefined) outgoing.write(`event: ${name}\n`);
    outgoing.write(`data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`);
  }
  return outgoing;
}

export function sendJson(
  outgoing: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  outgoing.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
